"""browser → center, by a forwarder on loopback that can be cut, and can swallow everything while its connections stay open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Way:
    """The way from a browser to a center: whole, cut, or a black hole."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._cut = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        assert self._server is not None, "not open"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Way"]:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield self
        finally:
            self._flows.set()
            self.cut()
            self._server.close()
            await self._server.wait_closed()

    def cut(self) -> None:
        """End every connection at both ends; a new one is ended at once."""
        self._cut = True
        for writer in self._open:
            writer.transport.abort()

    def swallow(self) -> None:
        """Let nothing through in either direction: who listens hears neither a byte nor an end."""
        self._flows.clear()

    def restore(self) -> None:
        """Let everything through again; connections of before the black hole are as dead as in a real one."""
        if not self._flows.is_set():
            self.cut()
        self._cut = False
        self._flows.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        self._open.add(writer)
        there: asyncio.StreamWriter | None = None
        try:
            back, there = await asyncio.open_connection("127.0.0.1", self._target)
            self._open.add(there)
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._pump(reader, there), name="way there")
                pumps.create_task(self._pump(back, writer), name="way back")
        except OSError:
            pass  # the center is away: the browser sees its connection end
        finally:
            for each in (writer, there):
                if each is not None:
                    each.transport.abort()
                    self._open.discard(each)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                await self._flows.wait()
                target.write(data)
                await target.drain()
        target.transport.abort()
