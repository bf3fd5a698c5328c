import asyncio
import socket
from collections.abc import Iterator

import pytest

from wardroom.outflow import Outflow


class Counting(socket.socket):
    """A socket that counts its writes."""

    writes = 0

    def send(self, data: bytes, flags: int = 0, /) -> int:  # type: ignore[override] # any bytes will do
        self.writes += 1
        return super().send(data, flags)


@pytest.fixture
def ends() -> Iterator[tuple[Counting, socket.socket]]:
    """Two ends of a connection that do not block."""
    one, far = socket.socketpair()
    near = Counting(fileno=one.detach())
    near.setblocking(False)
    far.setblocking(False)
    yield near, far
    near.close()
    far.close()


def flow(near: socket.socket, errors: list[str] | None = None) -> Outflow:
    out = Outflow(on_error=(errors if errors is not None else list[str]()).append)
    out.attach(near)
    return out


async def turn() -> None:
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_what_is_put_in_one_turn_is_one_write(ends: tuple[Counting, socket.socket]) -> None:
    near, far = ends
    out = flow(near)
    for number in range(200):
        out.put(b"%03d," % number)
    assert near.writes == 0
    await turn()

    assert near.writes == 1
    assert far.recv(10_000).split(b",")[:-1] == [b"%03d" % number for number in range(200)]
    assert out.waiting == 0


async def test_a_mark_resolves_once_all_before_it_is_written(ends: tuple[Counting, socket.socket]) -> None:
    near, far = ends
    out = flow(near)
    marks = [asyncio.get_running_loop().create_future() for _ in range(3)]
    out.mark(marks[0])
    out.put(b"small")
    out.mark(marks[1])
    out.put(bytes(5_000_000))
    out.mark(marks[2])
    marks[1].cancel()
    await turn()
    assert [mark.done() for mark in marks] == [True, True, False]

    received = 0
    while not marks[2].done():
        try:
            received += len(far.recv(1_000_000))
        except BlockingIOError:
            await asyncio.sleep(0)
    received += len(far.recv(1_000_000))
    assert received == 5_000_005
    assert out.waiting == 0
    assert not asyncio.get_running_loop().remove_writer(near)  # else it would be called for ever


async def test_a_full_socket_is_waited_for_without_asking_it_again(ends: tuple[Counting, socket.socket]) -> None:
    near, _ = ends
    out = flow(near)
    out.put(bytes(5_000_000))
    await turn()
    writes = near.writes
    await asyncio.sleep(0.05)
    assert near.writes <= writes + 1

    out.put(b"more")
    await turn()
    assert out.waiting > 4_000_000
    out.detach()


async def test_an_error_of_the_socket_is_told_once(ends: tuple[Counting, socket.socket]) -> None:
    near, far = ends
    errors = list[str]()
    out = flow(near, errors)
    far.close()
    out.put(b"to nobody")
    await turn()

    assert len(errors) == 1
    assert "pipe" in errors[0].lower()


async def test_without_a_socket_nothing_is_written_and_the_marks_are_given_back(ends: tuple[Counting, socket.socket]) -> None:
    near, _ = ends
    out = flow(near)
    mark = asyncio.get_running_loop().create_future()
    out.put(b"late")
    out.mark(mark)
    out.detach()
    out.detach()
    await turn()

    assert near.writes == 0
    assert out.abandon() == [mark]
    assert (out.waiting, out.abandon()) == (0, [])
