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

    line.set(cut=True)

    assert not line.well
    with pytest.raises(GONE):
        await reader.readexactly(1)
    again, other = await connected(line)
    with pytest.raises(GONE):
        await again.readexactly(1)
    line.set()
    reader, third = await connected(line)
    third.write(b"back")
    assert await reader.readexactly(4) == b"back"
    for each in (writer, other, third):
        each.close()


async def test_a_held_line_lets_everything_through_later(line: Line) -> None:
    reader, writer = await connected(line)
    line.set(held=True)
    assert not line.well
    writer.write(b"late")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await reader.readexactly(1)

    line.set()

    assert await reader.readexactly(4) == b"late"
    writer.close()


async def test_a_swallowing_line_lets_nothing_through_ever_and_its_connections_stay_dead(line: Line) -> None:
    reader, writer = await connected(line)
    line.set(swallowed=True)
    _, other = await connected(line)
    for each in (writer, other):
        each.write(b"lost")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await reader.read(1)

    line.set()

    with pytest.raises(GONE):
        await reader.readexactly(1)
    reader, third = await connected(line)
    third.write(b"back")
    assert await reader.readexactly(4) == b"back"
    for each in (writer, other, third):
        each.close()


async def test_a_narrow_line_lets_so_many_bytes_a_second_through(line: Line) -> None:
    reader, writer = await connected(line)
    line.set(rate=10_000)
    now = asyncio.get_running_loop().time
    began = now()
    writer.write(bytes(5_000))

    await reader.readexactly(1)
    assert now() - began < 0.8
    await reader.readexactly(4_999)
    assert 0.5 <= now() - began < 2
    assert not line.well
    writer.close()


async def test_a_slow_line_delays_each_way_and_keeps_the_order(line: Line) -> None:
    reader, writer = await connected(line)
    line.set(delay_s=0.1, jitter_s=0.05)
    now = asyncio.get_running_loop().time
    began = now()
    for word in (b"one ", b"two ", b"three"):
        writer.write(word)
        await asyncio.sleep(0.02)

    assert await reader.readexactly(13) == b"one two three"
    assert 0.2 <= now() - began < 1
    assert not line.well
    writer.close()


async def test_what_was_said_before_the_end_of_a_slow_line_still_arrives() -> None:
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.set_result(await reader.readexactly(4))
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server, Line(port=server.sockets[0].getsockname()[1]) as line:
        line.set(delay_s=0.1)
        _, writer = await connected(line)
        writer.write(b"last")
        writer.close()
        assert await asyncio.wait_for(heard, 2) == b"last"


async def test_a_line_to_nobody_ends_at_once() -> None:
    async with Line(host="127.0.0.1", port=1) as line:
        reader, writer = await connected(line)
        with pytest.raises(GONE):
            await reader.readexactly(1)
        writer.close()
