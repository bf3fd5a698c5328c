"""Our own session with both kinds of broker: it signs in, acknowledges what it is told to and nothing else, and leaves without a will."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.embedded.conftest import GATEWAY, Ready
from tests.wardroom.inbox import Inbox, until
from tests.wardroom.linked import ignore
from wardroom.bus import Incoming, Outgoing, Session
from wardroom.embedded.access import User
from wardroom.embedded.mosquitto import HOST
from wardroom.link import GOODBYE_S
from wardroom.settings import Broker, Secret

pytestmark = pytest.mark.servers

COUNT = 300


def settings(port: int, user: User) -> Broker:
    return Broker(host=HOST, port=port, username=user.name, password=Secret(user.password))


def receiver(each_broker: Ready, on_message: Callable[[Incoming], None]) -> Session:
    broker = settings(each_broker.port, each_broker.ingest)
    return Session(broker=broker, client_id="in", on_message=on_message, subscriptions=[(f"{GATEWAY.prefix}/#", 1)], clean=False)


async def sent(each_broker: Ready, inbox: Inbox) -> float:
    """Send one message after another, acknowledge all but the last that comes; return how long the sender's goodbye took (s)."""
    gateway = settings(each_broker.port, each_broker.gateway)
    will = Outgoing(GATEWAY.status, b"offline", 1)
    async with receiver(each_broker, inbox.put) as session:
        await until(lambda: session.connected)
        async with Session(broker=gateway, client_id="out", on_message=ignore, will=will) as sender:
            await until(lambda: sender.connected)
            for number in range(COUNT):
                await sender.publish(Outgoing(GATEWAY.pack("readings", "boot", number), b"%d" % number))
                if number:
                    await inbox.until(number)
                    session.acknowledge(inbox.messages[number - 1])
            with suppress(TimeoutError):
                await inbox.until(COUNT, 2.0)
            leaving = asyncio.get_running_loop().time()
        return asyncio.get_running_loop().time() - leaving


async def test_everything_comes_and_a_goodbye_is_answered_at_once(each_broker: Ready) -> None:
    inbox = Inbox()
    left_in_s = await sent(each_broker, inbox)

    assert inbox.payloads == [b"%d" % number for number in range(COUNT)]
    assert b"offline" not in inbox.payloads
    assert left_in_s < GOODBYE_S  # the broker hangs up on a goodbye: nobody waits for it in vain


async def test_what_is_acknowledged_is_settled_and_what_is_not_comes_again(each_broker: Ready) -> None:
    first, second = Inbox(), Inbox()
    await sent(each_broker, first)
    async with receiver(each_broker, second.put) as session:
        (again,) = await second.until(1)
        session.acknowledge(again)
        await asyncio.sleep(0.1)

    assert first.payloads == [b"%d" % number for number in range(COUNT)]
    assert second.payloads == [b"%d" % (COUNT - 1)]
