"""The center before anybody says who they are: heads without end, clients that never finish, more connections than there is room for."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from center import server
from center.connections import LONG_BODY, Connection
from center.settings import Center
from wardroom.embedded.ports import free_port
from wardroom.settings import Listen

pytestmark = pytest.mark.servers

REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Hasty(Connection):
    """A connection that waits for little."""

    head_s = 0.4
    body_s = 0.8


async def answer(scope: object, receive: object, send: object) -> None:
    """Read the body, then say ok."""
    assert isinstance(scope, dict)
    assert callable(receive)
    assert callable(send)
    if scope["path"] == "/long":
        scope.setdefault("state", {})[LONG_BODY] = True
    if scope["path"] != "/hasty":
        while (await receive()).get("more_body"):
            pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def serving(connection: type[Connection] = Hasty, clients: int = 900) -> AsyncIterator[int]:
    port = free_port()
    config = server.config(answer, Center(clients=clients), connection=connection)
    config.lifespan = "off"
    with server.listener(Listen(port=port)) as listening:
        running = server._Server(config)
        task = asyncio.create_task(running.serve(sockets=[listening]), name="server")
        try:
            yield port
        finally:
            running.should_exit = True
            await task


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Stream]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def ended(stream: Stream, within_s: float = 30) -> bytes:
    """Return what came until the end of the connection, however it ended."""
    said = b""
    async with asyncio.timeout(within_s):
        try:
            while some := await stream[0].read(65_536):
                said += some
        except ConnectionError:
            pass
    return said


@pytest.mark.parametrize("line", [b"x: " + b"y" * 70_000, b"\r\n".join(b"h%d: v" % number for number in range(101)), b"a:\r\n" * 5_000])
async def test_a_head_beyond_all_need_is_refused(line: bytes) -> None:
    async with serving() as port, connected(port) as stream:
        stream[1].write(b"GET / HTTP/1.1\r\n" + line + b"\r\n\r\n")

        assert (await ended(stream)).startswith(b"HTTP/1.1 431 ")


async def test_a_head_as_large_as_allowed_and_a_body_after_it_in_one_go_are_taken() -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 60_000 + b"\r\ncontent-length: 60000\r\n\r\n"
    async with serving() as port, connected(port) as (reader, writer):
        for _ in range(3):
            writer.write(head + b"z" * 60_000)
            assert b"200 OK" in await reader.readuntil(b"ok")


async def test_headers_without_end_cost_neither_memory_nor_the_others_time() -> None:
    process = psutil.Process()
    before = most = process.memory_info().rss
    async with serving(Connection) as port, connected(port) as stream:
        slowest = 0.0
        flooding = asyncio.create_task(flood(stream[1]), name="flood")
        while not flooding.done():
            started = time.monotonic()
            await asyncio.sleep(0.01)
            slowest = max(slowest, time.monotonic() - started)
            most = max(most, process.memory_info().rss)
        await flooding

    assert most - before < 30_000_000
    assert slowest < 1


async def flood(writer: asyncio.StreamWriter) -> None:
    try:
        writer.write(b"GET / HTTP/1.1\r\nx: ")
        for _ in range(600):
            writer.write(b"y" * 100_000)
            await writer.drain()
    except ConnectionError:
        pass


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        (b"", 0),
        (b"GET / HT", 0),
        (b"GET / HTTP/1.1\r\nhost:", 0),
        (REQUEST, 1),
        (REQUEST + b"GET", 1),
        (REQUEST * 3, 3),
        (b"POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nx", 0),
        (b"POST /hasty HTTP/1.1\r\ncontent-length: 9\r\n\r\nx", 1),
        (b"POST /hasty HTTP/1.1\r\ncontent-length: 1\r\n\r\nx", 1),
    ],
)
async def test_a_client_that_does_not_go_on_is_closed(sent: bytes, answers: int) -> None:
    async with serving() as port, connected(port) as stream:
        stream[1].write(sent)

        assert (await ended(stream, 3)).count(b"200 OK") == answers


async def test_a_head_that_drips_is_closed_in_time_and_a_client_that_asks_again_is_not() -> None:
    async with serving() as port, connected(port) as dripping, connected(port) as (reader, writer):
        dripping[1].write(b"GET /")
        over = asyncio.create_task(ended(dripping), name="over")
        while not over.done():  # it drips on until it is closed
            dripping[1].write(b"x")
            writer.write(REQUEST)
            assert await reader.readuntil(b"ok")
            await asyncio.sleep(0.1)

        await over


async def test_more_connections_than_allowed_are_turned_away_and_there_is_room_again() -> None:
    async with serving(Connection, clients=10) as port:
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(10)]
        await asyncio.sleep(0.2)
        async with connected(port) as stream:
            assert (await ended(stream)).startswith(b"HTTP/1.1 503 ")
        for one in idle:
            one.close()
        async with asyncio.timeout(30):
            while not await answered(port):  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.05)


async def answered(port: int) -> bool:
    """Return whether there is room for one more."""
    async with connected(port) as stream:
        stream[1].write(REQUEST)
        return (await stream[0].readline()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("path", ["/long", "/other"])
async def test_a_long_body_has_its_time_while_it_comes_and_any_other_has_not(path: str) -> None:
    async with serving() as port, connected(port) as stream:
        stream[1].write(f"POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 6\r\n\r\n".encode())
        for _ in range(6):
            await asyncio.sleep(Hasty.body_s / 3)
            stream[1].write(b"x")

        said = await ended(stream)

        assert (b"200 OK" in said) == (path == "/long")


async def test_a_long_body_that_stops_coming_is_cut() -> None:
    async with serving() as port, connected(port) as stream:
        stream[1].write(b"POST /long HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n\r\nx")

        assert await ended(stream) == b""
