import asyncio
from collections.abc import AsyncIterator

import pytest

from simulators.line import Line

GONE = (ConnectionResetError, asyncio.IncompleteReadError)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """A line to a server that answers every word with the same word."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1_000):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, Line(host="127.0.0.1", port=server.sockets[0].getsockname()[1]) as made:
        yield made


async def connected(line: Line) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", line.port)


async def test_a_line_carries_both_ways(line: Line) -> None:
    reader, writer = await connected(line)
    writer.write(b"hello")

    assert await reader.readexactly(5) == b"hello"
    assert line.well
    writer.close()


async def test_a_cut_line_loses_what_is_connected_and_takes_nobody_until_it_is_whole(line: Line) -> None:
    reader, writer = await connected(line)
    writer.write(b"hello")
    await reader.readexactly(5)

    line.set(cut=True, held=False)

    assert not line.well
    with pytest.raises(GONE):
        await reader.readexactly(1)
    again, other = await connected(line)
    with pytest.raises(GONE):
        await again.readexactly(1)
    line.set(cut=False, held=False)
    reader, third = await connected(line)
    third.write(b"back")
    assert await reader.readexactly(4) == b"back"
    for each in (writer, other, third):
        each.close()


async def test_a_held_line_lets_everything_through_later(line: Line) -> None:
    reader, writer = await connected(line)
    line.set(cut=False, held=True)
    assert not line.well
    writer.write(b"late")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await reader.readexactly(1)

    line.set(cut=False, held=False)

    assert await reader.readexactly(4) == b"late"
    writer.close()


async def test_a_line_to_nobody_ends_at_once() -> None:
    async with Line(host="127.0.0.1", port=1) as line:
        reader, writer = await connected(line)
        with pytest.raises(GONE):
            await reader.readexactly(1)
        writer.close()
