"""What a session received, in order, and a wait for it."""

import asyncio
from collections.abc import Callable

from wardroom.bus import Incoming


class Inbox:
    """Give its `put` to a session as `on_message`."""

    def __init__(self) -> None:
        self.messages: list[Incoming] = []
        self._changed = asyncio.Event()

    def put(self, message: Incoming) -> None:
        self.messages.append(message)
        self._changed.set()

    @property
    def payloads(self) -> list[bytes]:
        return [message.payload for message in self.messages]

    async def until(self, count: int, within_s: float = 30.0) -> list[Incoming]:
        """Return the messages once there are `count`."""
        async with asyncio.timeout(within_s):
            while len(self.messages) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.messages


async def until(true: Callable[[], bool], within_s: float = 30.0) -> None:
    """Return once `true` says so."""
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 - a test looks at a state that tells nobody of its changes
            await asyncio.sleep(0.01)
