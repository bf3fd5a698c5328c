"""The way to a screen, with bare sockets at the other end: one that takes nothing, one that asks and asks, one that never says goodbye."""

import asyncio
import inspect
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from fastapi import FastAPI, WebSocket
from uvicorn.server import ServerState

from center import server
from center.connections import Connection
from center.frames import framed
from center.settings import Center
from center.sockets import NOISE, Line, Socket
from wardroom.embedded.ports import free_port
from wardroom.settings import Listen

pytestmark = pytest.mark.servers

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
BIG = framed(b"x" * 100_000)


class Hasty(Line):
    """A line that waits for little."""

    close_s = 0.3


class Talk:
    """An application of one conversation, its socket to be looked at."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.app.websocket("/ws")(self.show)
        self.socket: asyncio.Future[Socket] = asyncio.get_running_loop().create_future()
        self.heard: list[bytes] = []
        self.flowed: list[bool] = []
        self.taken = 0
        self.over = asyncio.Event()

    async def show(self, websocket: WebSocket) -> None:
        own = Socket.of(websocket)
        await own.accept(self.heard.append, self.flowed.append)
        self.socket.set_result(own)
        await own.receive()
        self.over.set()


class Undecided(Talk):
    """One that has not made up its mind whether to accept."""

    async def show(self, websocket: WebSocket) -> None:
        await websocket.receive()
        self.socket.set_result(Socket.of(websocket))
        await websocket.receive()
        self.over.set()


@asynccontextmanager
async def talking(kind: type[Talk] = Talk) -> AsyncIterator[tuple[Talk, socket.socket, server._Server]]:
    """Lend a conversation and the bare client, which takes little, of a server with the center's own configuration."""
    talk, port = kind(), free_port()
    config = server.config(talk.app, Center(), line=Hasty)
    with server.listener(Listen(port=port)) as listening, socket.socket() as client:
        running = server._Server(config)
        task = asyncio.create_task(running.serve(sockets=[listening]), name="server")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, ("127.0.0.1", port))
        await loop.sock_sendall(client, HANDSHAKE)
        try:
            yield talk, client, running
        finally:
            client.close()
            running.should_exit = True
            await asyncio.wait_for(task, 15)


async def blocked(talk: Talk, frame: bytes = BIG) -> Socket:
    """Write until the screen's way is blocked."""
    own = await asyncio.wait_for(talk.socket, 5)
    for written in range(10_000):
        own.write(frame)
        await asyncio.sleep(0)
        if own.blocked:
            talk.taken = written * len(frame)
            return own
    raise AssertionError("a client that reads nothing never blocked")


async def test_frames_arrive_as_they_were_made_and_words_are_heard_at_once() -> None:
    async with talking() as (talk, client, _):
        own = await asyncio.wait_for(talk.socket, 5)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(client, b"\x81\x82\0\0\0\0hi\x81\x80\0\0\0\0")
        own.write(framed(b"first"))
        own.write(framed(b"second"))
        said = b""
        while not said.endswith(b"second"):
            said += await loop.sock_recv(client, 1_000)
        await asyncio.sleep(0.05)

        assert said.endswith(b"\x81\x05first\x81\x06second")
        assert talk.heard == [b"hi", b""]


async def test_a_screen_that_takes_nothing_blocks_early_and_flows_again_once_it_reads() -> None:
    async with talking() as (talk, client, _):
        own = await blocked(talk, framed(b"x" * 4_000))
        assert talk.taken < 500_000, "the kernel keeps too much of what was"
        assert talk.flowed == [False]
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(10):
            while talk.flowed != [False, True]:
                await loop.sock_recv(client, 65_536)

        assert not own.blocked


async def test_a_screen_that_asks_for_pongs_and_takes_none_fills_no_memory() -> None:
    async with talking() as (talk, client, _):
        own = await blocked(talk)
        before = own.waiting()
        ping = b"\x89\xfd\0\0\0\0" + b"p" * 125
        await asyncio.get_running_loop().sock_sendall(client, ping * NOISE)
        await asyncio.sleep(0.1)

        assert own.waiting() <= before


PING, PONG, PIECE, WORD = (bytes((first, 0x80, 0, 0, 0, 0)) for first in (0x89, 0x8A, 0x00, 0x81))


@pytest.mark.parametrize("noise", [PING * NOISE, PONG * NOISE, b"\x01" + PIECE[1:] + PIECE * (NOISE - 1) + b"\x80" + PIECE[1:]])
async def test_pings_pongs_and_pieces_are_taken_between_whole_messages(noise: bytes) -> None:
    async with talking() as (talk, client, _):
        await asyncio.wait_for(talk.socket, 5)
        for _ in range(3):
            await asyncio.get_running_loop().sock_sendall(client, noise + WORD)
            await asyncio.sleep(0.05)

        assert len(talk.heard) >= 3
        assert not talk.over.is_set()


@pytest.mark.parametrize("noise", [PING * 50_000, PONG * 50_000, b"\x01" + PIECE[1:] + PIECE * 50_000])
async def test_one_who_says_nothing_but_noise_is_ended_before_the_others_wait_for_it(noise: bytes) -> None:
    async with talking() as (talk, client, _):
        own, loop = await asyncio.wait_for(talk.socket, 5), asyncio.get_running_loop()
        with suppress(ConnectionError):
            await loop.sock_sendall(client, noise)
        await asyncio.wait_for(talk.over.wait(), 5)
        pongs = own.waiting()
        said = b""
        with suppress(ConnectionError):
            while data := await loop.sock_recv(client, 65_536):
                said += data

    assert said.endswith(b"\x88\x0d" + struct.pack(">H", 4400) + b"bad message")
    assert len(said) + pongs < 2_000, "more was answered than one piece of what came"


async def test_noise_before_anybody_was_let_in_ends_the_connection() -> None:
    async with talking(Undecided) as (talk, client, _):
        await asyncio.wait_for(talk.socket, 5)
        with suppress(ConnectionError):
            await asyncio.get_running_loop().sock_sendall(client, PING * 50_000)
        await asyncio.wait_for(talk.over.wait(), 5)


@pytest.mark.parametrize("way", ["stuck", "silent"])
async def test_whoever_takes_no_goodbye_is_cut_off(way: str) -> None:
    async with talking() as (talk, _client, running):
        own = await (blocked(talk) if way == "stuck" else asyncio.wait_for(talk.socket, 5))
        own.end(4408, "too slow")
        await asyncio.wait_for(talk.over.wait(), 10)
        assert len(running.server_state.connections) == 1
        await cut_off(running)


async def cut_off(running: server._Server) -> None:
    """Return when the server has no connection any more."""
    async with asyncio.timeout(30):
        while running.server_state.connections:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)


async def test_a_screen_that_says_goodbye_but_takes_no_answer_is_cut_off() -> None:
    async with talking() as (talk, client, running):
        await blocked(talk)
        await asyncio.get_running_loop().sock_sendall(client, b"\x88\x82\0\0\0\0" + struct.pack(">H", 1000))
        await asyncio.wait_for(talk.over.wait(), 10)
        await cut_off(running)


def test_the_center_serves_websockets_by_the_line() -> None:
    assert server.config(None, Center()).ws is Line


@pytest.mark.parametrize("own", [Line, Connection])
def test_what_is_replaced_in_uvicorn_is_there_and_called_as_ours_is(own: type) -> None:
    """A method that uvicorn renames would leave ours behind, called by nobody."""
    uvicorns = own.__mro__[1]
    additions = {"blocked", "waiting", "write", "end"}
    replaced = {name: made for name, made in vars(own).items() if inspect.isfunction(made) and not name.startswith("_")}
    for name in replaced.keys() - additions:
        theirs, ours = (inspect.signature(getattr(one, name)) for one in (uvicorns, own))
        assert list(theirs.parameters) == list(ours.parameters), name
        assert inspect.iscoroutinefunction(getattr(uvicorns, name)) == inspect.iscoroutinefunction(replaced[name]), name


async def test_what_the_line_uses_of_uvicorns_state_is_there() -> None:
    config = server.config(FastAPI(), Center())
    config.load()
    line = Line(config, ServerState(), {}, asyncio.get_running_loop())
    used = "queue conn close_sent close_timer disconnected handshake_complete initial_response writable frames transport"
    assert {name for name in used.split() if not hasattr(line, name)} == set()
