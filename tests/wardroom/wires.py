"""A broker that says only what a test tells it to."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from wardroom.settings import Broker, Secret

CONNACK = b"\x20\x02\x00\x00"


class ScriptedBroker:
    """Runs `script(reader, writer)` for each connection, after reading its CONNECT.

    It answers no pings, so the keep-alive is longer than any test: a busy machine must not look like a silent broker.
    """

    def __init__(
        self, script: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], certificate: Path | None = None
    ) -> None:
        self._script = script
        self._certificate = certificate
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Broker:
        context = None
        if self._certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self._certificate)
        self._server = await asyncio.start_server(self._attend, "127.0.0.1", 0, ssl=context)
        port = self._server.sockets[0].getsockname()[1]
        authorities = str(self._certificate) if self._certificate else None
        return Broker(port=port, username="vp-ubnd.gw-1", password=Secret("x"), keepalive_s=600, tls_ca=authorities)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0.01)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            await packet(reader)
            await self._script(reader, writer)


async def packet(reader: asyncio.StreamReader) -> bytes:
    """Return one MQTT packet: its first byte and what follows the length."""
    first = await reader.readexactly(1)
    length, shift = 0, 0
    while True:
        (byte,) = await reader.readexactly(1)
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return first + await reader.readexactly(length)
