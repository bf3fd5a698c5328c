"""a gateway's line to the broker, as a forwarder on loopback that can be cut, or can hold everything back for a while.

The connections are real ones: cut, they end at both ends without a word, and the broker publishes the gateway's last will.
"""

import asyncio
from contextlib import suppress
from typing import Final, Self

import structlog

_CHUNK: Final = 65_536
_CONNECT_S: Final = 5.0

_log = structlog.get_logger()


class Line:
    """One line; enter it, then connect to `port` on 127.0.0.1 instead of to the broker."""

    def __init__(self, *, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._flows = asyncio.Event()
        self._flows.set()
        self._cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.port = 0

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cut what is open and listen no more."""
        self.set(cut=True, held=False)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        await self._idle.wait()

    def set(self, *, cut: bool, held: bool) -> None:
        """Cut the line, or let it be; hold back what the gateway sends, or let it flow."""
        if cut and not self._cut:
            for writer in self._open:
                writer.transport.abort()
        self._cut = cut
        if held and not cut:
            self._flows.clear()
        else:
            self._flows.set()

    @property
    def well(self) -> bool:
        """Whether it is neither cut nor held."""
        return self._flows.is_set() and not self._cut

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self._idle.clear()
        try:
            await self._forward(reader, writer)
        except OSError as error:
            _log.debug("line to the broker failed", detail=str(error))
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
                up = group.create_task(self._pump(reader, there, hold=True), name="line up")
                down = group.create_task(self._pump(back, writer, hold=False), name="line down")
                await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
                up.cancel()
                down.cancel()
        finally:
            there.transport.abort()
            self._open.discard(there)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, hold: bool) -> None:
        with suppress(OSError):
            while data := await source.read(_CHUNK):
                if hold:
                    await self._flows.wait()
                target.write(data)
                await target.drain()
