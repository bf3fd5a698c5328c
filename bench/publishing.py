"""messages → a broker, at QoS 1, as fast as it takes them: what benchmarks of receiving send."""

import asyncio
from collections.abc import Callable, Sequence

from bench.single_readings import WINDOW
from wardroom.bus import Incoming, Outgoing, Session
from wardroom.settings import Broker


async def publish(account: Broker, messages: Sequence[Outgoing], confirmed: Callable[[], None] = lambda: None) -> None:
    """Return when the broker has confirmed every message; `confirmed` hears of each."""
    async with Session(broker=account, client_id="sender", on_message=ignore) as session:
        await session.wait_connected()
        for first in range(0, len(messages), WINDOW):
            futures = [session.publish(message) for message in messages[first : first + WINDOW]]
            for future in futures:
                future.add_done_callback(lambda _: confirmed())
            await asyncio.gather(*futures)


def ignore(_incoming: Incoming) -> None:
    """Leave a message unread."""
