"""program → database server, by a forwarder on loopback that counts the requests of PostgreSQL's protocol and cuts at the one it was told.

A request is what the server answers with "ready for query": a simple query, or an extended one up to its Sync. So every BEGIN, every file,
every note and every COMMIT is one. The connection ends as a power cut ends it: without a word, at both ends.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

from msgspec.structs import replace

from wardroom.settings import Database


class Moment(StrEnum):
    """When it cuts."""

    BEFORE = "before the request reaches the server"
    DURING = "while the server works on it"
    AFTER = "after the server did it, before the answer arrives"


class WireCutter:
    """Cuts once, at request number `at` (from 1); by default never. `requests` counts those that were begun."""

    def __init__(self, target: Database, at: int | None = None, moment: Moment = Moment.BEFORE) -> None:
        self.requests = 0
        self.cut = asyncio.Event()
        self._target = target
        self._at = at
        self._moment = moment
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[str]:
        """Lend the connection string of the way through it."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        try:
            yield replace(self._target, port=port).conninfo() + " sslmode=disable gssencmode=disable"
        finally:
            self._end()
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_connection(self._target.host, self._target.port)
        self._writers += [writer, onward]
        with suppress(OSError, asyncio.IncompleteReadError):
            onward.write(await _start(reader))
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._requests(reader, onward), name="requests")
                ways.create_task(self._answers(there, writer), name="answers")

    async def _requests(self, reader: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            held = b""
            while True:
                kind, message = await _message(reader)
                held += message
                if kind in b"QS":
                    self.requests += 1
                    if self._now(Moment.BEFORE):
                        self._end()
                        return
                if kind not in b"PBDCE":  # those wait for their Sync
                    onward.write(held)
                    await onward.drain()
                    held = b""
                    if kind in b"QS" and self._now(Moment.DURING):
                        self._end()
                        return
        onward.close()

    async def _answers(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                kind, message = await _message(there)
                if kind in b"ZG" and self._now(Moment.AFTER):  # done, or waiting for the rows of a COPY
                    self._end()
                    return
                if not self._now(Moment.AFTER):
                    writer.write(message)
                    await writer.drain()
        writer.close()

    def _now(self, moment: Moment) -> bool:
        return self.requests == self._at and self._moment is moment

    def _end(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self.cut.set()


async def _start(reader: asyncio.StreamReader) -> bytes:
    """Return the first message, which has no kind."""
    head = await reader.readexactly(4)
    return head + await reader.readexactly(struct.unpack("!I", head)[0] - 4)


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)
