"""pictures → access units at their pace → every watcher; it stands still while nobody watches, and begins anew once it came to its end."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from simulators import rtp
from simulators.video_encoder import CLOCK, AccessUnit, Codec, Encoder, even
from vision.frames import Image

Pictures = Callable[[], Iterator[Image]]
"""Makes a showing's pictures: (height, width, 3), blue, green, red. It is asked for anew when the last showing came to its end."""
_LATE_PICTURES: Final = 2
"""More than this behind, what was missed is not caught up."""


class Watcher(Protocol):
    """One client that is shown the stream."""

    def show(self, unit: AccessUnit) -> None:
        """Send an access unit, or drop it: never wait."""
        ...

    def end(self) -> None:
        """Close the connection after what was sent."""
        ...


class Stream:
    """One camera's stream, the same for all its watchers."""

    def __init__(self, pictures: Pictures, *, fps: float, codec: Codec) -> None:
        self._make = pictures
        self._fps = fps
        self._wanted: tuple[Codec, tuple[int, int] | None] = (codec, None)
        self._pictures: Iterator[Image] | None = None
        self._ahead: Image | None = None
        self._encoder: Encoder | None = None
        self._watchers: set[Watcher] = set()
        self._watched = asyncio.Event()
        self._turn = asyncio.Lock()
        self._key_due = True
        self.frozen = False
        self.sent = 0

    async def describe(self) -> str | None:
        """Return the session description, None where there are no pictures; it takes the first one to know the size."""
        async with self._turn:
            encoder = await asyncio.to_thread(self._ready) or await asyncio.to_thread(self._ready)
        return rtp.description(encoder.codec, encoder.parameters) if encoder else None

    def join(self, watcher: Watcher) -> None:
        """Show the stream to a watcher, from a key picture on."""
        self._watchers.add(watcher)
        self._key_due = True
        self._watched.set()

    def leave(self, watcher: Watcher) -> None:
        """Show it nothing more."""
        self._watchers.discard(watcher)
        if not self._watchers:
            self._watched.clear()

    def change(self, codec: Codec | None, size: tuple[int, int] | None) -> None:
        """Encode otherwise from the next picture on, without a word to those who watch."""
        self._wanted = (codec or self._wanted[0], size or self._wanted[1])

    async def run(self) -> None:
        """Show pictures while somebody watches, until cancelled."""
        loop = asyncio.get_running_loop()
        began = due = loop.time()
        while True:
            await self._watched.wait()
            due = max(due, loop.time() - _LATE_PICTURES / self._fps)
            await asyncio.sleep(due - loop.time())
            due += 1 / self._fps
            if self.frozen:
                continue
            ticks = round((loop.time() - began) * CLOCK)
            async with self._turn:
                unit = await asyncio.to_thread(self._next, ticks)
            for watcher in tuple(self._watchers):
                if unit is None:
                    self.leave(watcher)
                    watcher.end()
                else:
                    watcher.show(unit)
            self.sent += unit is not None

    def _next(self, ticks: int) -> AccessUnit | None:
        """Return the next access unit, None at the end of the pictures."""
        encoder = self._ready()
        image, self._ahead = self._ahead, None
        if encoder is None or image is None:
            return None
        key, self._key_due = self._key_due, False
        return encoder.encode(image, ticks, key=key)

    def _ready(self) -> Encoder | None:
        """Return the encoder for the picture ahead, None once at the end: after it the pictures begin anew."""
        if self._pictures is None:
            self._pictures = self._make()
        if self._ahead is None:
            self._ahead = next(self._pictures, None)
        if self._ahead is None:
            self._pictures = None
            return None
        codec, size = self._wanted
        height, width = self._ahead.shape[:2]
        wanted = even(size or (width, height))
        if self._encoder is None or (self._encoder.codec, self._encoder.size) != (codec, wanted):
            self._encoder = Encoder(codec, wanted, self._fps)
        return self._encoder
