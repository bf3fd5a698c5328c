"""a way between two programs, as a forwarder on loopback: whole, cut, held back one way, slow, narrow, or a black hole.

The connections are real ones: cut, they end at both ends without a word, and a broker publishes the gateway's last will. Swallowed, who
listens hears neither a byte nor an end; such a connection stays dead when the way is whole again, as a real one does.
"""

import asyncio
import random
from contextlib import suppress
from typing import Final, Self

import structlog

_CHUNK: Final = 65_536
_CHUNK_S: Final = 0.25
"""A narrow line carries so much of its rate at a time."""
_CHUNKS: Final = 64
"""Chunks under way in one direction of a slow line; beyond them its sender waits, as on any line."""
_LET_IN_S: Final = 0.01
"""Who was let in just before the end is cut too: it takes the loop some turns to come to them."""
_CONNECT_S: Final = 5.0
_SOME: Final = b"."
_END: Final = b""

_log = structlog.get_logger()


class Line:
    """One line to `host`:`port`; enter it, then connect to `port` on 127.0.0.1 instead."""

    def __init__(self, *, host: str = "127.0.0.1", port: int, seed: int = 1) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._cut = self._swallows = False
        self._delay_s = self._jitter_s = 0.0
        self._rate: float | None = None
        self._random = random.Random(seed)
        self._open: set[asyncio.StreamWriter] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.port = 0
        self.set()

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cut what is open and listen no more."""
        self.set(cut=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        await asyncio.sleep(_LET_IN_S)
        await self._idle.wait()

    def set(
        self,
        *,
        cut: bool = False,
        held: bool = False,
        swallowed: bool = False,
        delay_s: float = 0.0,
        jitter_s: float = 0.0,
        rate: float | None = None,
    ) -> None:
        """Say how the line is from now on; without arguments it is whole.

        `cut`: every connection ends, a new one at once. `held`: what the client sends waits, and comes later. `swallowed`: nothing passes
        in either direction, and nothing of it ever will. `delay_s` and up to `jitter_s` more pass before each chunk comes out, in order.
        `rate`: so many bytes a second come out at most, in each direction of each connection.
        """
        if (cut and not self._cut) or (self._swallows and not swallowed):
            for writer in self._open:
                writer.transport.abort()
        self._cut, self._swallows = cut, swallowed
        self._delay_s, self._jitter_s, self._rate = delay_s, jitter_s, rate
        for flows, stopped in ((self._up, held or swallowed), (self._down, swallowed)):
            if stopped and not cut:
                flows.clear()
            else:
                flows.set()

    @property
    def well(self) -> bool:
        """Whether it is whole and as fast as it can be."""
        return self._up.is_set() and self._down.is_set() and not self._cut and not self._delay_s and self._rate is None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self._idle.clear()
        try:
            await self._forward(reader, writer)
        except OSError as error:
            _log.debug("line failed", detail=str(error))
        finally:
            writer.transport.abort()
            self._open.discard(writer)
            if not self._open:
                self._idle.set()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            return
        async with asyncio.timeout(_CONNECT_S):
            back, there = await asyncio.open_connection(*self._target)
        self._open.add(there)
        try:
            async with asyncio.TaskGroup() as group:
                up = group.create_task(self._pump(reader, there, self._up), name="line up")
                down = group.create_task(self._pump(back, writer, self._down), name="line down")
                await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
                up.cancel()
                down.cancel()
        finally:
            there.transport.abort()
            self._open.discard(there)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, flows: asyncio.Event) -> None:
        """Carry what comes until one end is gone; what was sent before the end still arrives."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_CHUNKS)
        async with asyncio.TaskGroup() as group:
            taking = group.create_task(self._take(source, under_way), name="line takes")
            await self._give(under_way, target, flows)
            taking.cancel()

    async def _take(self, source: asyncio.StreamReader, under_way: asyncio.Queue[tuple[float, bytes]]) -> None:
        """Note what comes and when it is due; an end is nothing."""
        now = asyncio.get_running_loop().time
        due, data = 0.0, _SOME
        while data:
            data = _END
            with suppress(OSError):
                data = await source.read(_CHUNK if self._rate is None else max(1, round(self._rate * _CHUNK_S)))
            carried_s = 0.0 if self._rate is None else len(data) / self._rate
            due = max(due, now() + self._delay_s + self._random.random() * self._jitter_s) + carried_s
            await under_way.put((due, data))

    async def _give(self, under_way: asyncio.Queue[tuple[float, bytes]], target: asyncio.StreamWriter, flows: asyncio.Event) -> None:
        now = asyncio.get_running_loop().time
        data = _SOME
        with suppress(OSError):
            while data:
                due, data = await under_way.get()
                await asyncio.sleep(max(0.0, due - now()))
                await flows.wait()
                target.write(data)
                await target.drain()
