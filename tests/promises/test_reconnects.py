"""Nothing is left behind: whatever way a screen goes, no task, socket, file handle or memory stays in the center.

A day of forty walls that connect anew every minute, in every ugly way, is 57,600 connections (`make chaos`; 500 otherwise). Some ways take
the center's patience to notice: a wall that is unplugged says nothing at all, and holds its end open longer than the center does.
"""

import asyncio
import gc
import random
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest

from bench.screens import masked
from center import screen
from center.connections import Connection
from center.sockets import Line
from ingest import migrate
from tests.center.factories import series
from tests.center.running import RunningCenter, eventually, pages, settings
from tests.promises.scale import FULL, SEED, note
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from wardroom.live import LiveSeries

pytestmark = [pytest.mark.servers, pytest.mark.timeout(3_600 if FULL else 120)]

CONNECTIONS = 57_600 if FULL else 500
LINGERING = 150 if FULL else 30
AT_ONCE = 20
SUBSCRIBE = masked(b'{"type":"subscribe"}')
CLOSE = b"\x88\x82\0\0\0\0" + struct.pack(">H", 1000)


class Hasty(Line):
    """The short form has not the time to wait for a goodbye that nobody answers."""

    close_s = 1.0


class Brief(Connection):
    """Nor for a head that never ends."""

    head_s = 3.0


PACE = screen.PACE if FULL else screen.Pace(send_s=3.0, silent_s=3.0)
LINE: type[Line] = Line if FULL else Hasty
CONNECTION: type[Connection] = Connection if FULL else Brief
PATIENCE_S = max(PACE.silent_s + 2.5 + PACE.send_s + LINE.close_s, CONNECTION.head_s) + 5.0
"""Silence, the next look at it, a way that was blocked right before it, the goodbye nobody answers, and room for a busy machine."""


class Client:
    """One connection at its barest."""

    def __init__(self, one: socket.socket, token: str) -> None:
        self._socket = one
        self._token = token
        self._loop = asyncio.get_running_loop()

    async def send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self._socket, data)

    async def upgrade(self, token: str | None = None) -> bytes:
        """Ask for the WebSocket; return what is answered, hello included."""
        await self.send(
            b"GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n"
            b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nauthorization: Bearer " + (token or self._token).encode() + b"\r\n\r\n"
        )
        return await self.until(b'"hello"' if token is None else b"\r\n\r\n")

    async def until(self, word: bytes) -> bytes:
        said = b""
        while word not in said:
            said += await self.some()
        return said

    async def some(self) -> bytes:
        """Return what comes next; raises ConnectionError at the end."""
        async with asyncio.timeout(PATIENCE_S):
            if not (data := await self._loop.sock_recv(self._socket, 65_536)):
                raise ConnectionResetError
        return data

    async def end(self) -> None:
        """Read until the center ends it."""
        with suppress(ConnectionError):
            while True:
                await self.some()

    def held(self) -> bool:
        """Return whether the center still has its end of the connection; it lives in this process."""
        ours = self._socket.getsockname()[1]
        return any(getattr(one.raddr, "port", None) == ours for one in psutil.Process().net_connections("tcp"))

    def reset(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def clean(client: Client) -> None:
    await client.upgrade()
    await client.send(SUBSCRIBE)
    await client.until(b'"snapshot"')
    await client.send(CLOSE)
    await client.end()


async def reset(client: Client) -> None:
    await client.upgrade()
    await client.send(SUBSCRIBE)
    await client.until(b'"snapshot"')
    client.reset()


async def gone_amid_the_picture(client: Client) -> None:
    await client.upgrade()
    await client.send(SUBSCRIBE)
    await client.until(b'"series"')


async def reset_amid_the_picture(client: Client) -> None:
    await gone_amid_the_picture(client)
    client.reset()


async def gone_amid_the_handshake(client: Client) -> None:
    await client.send(b"GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: webso")


async def gone_before_the_answer(client: Client) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(0.001):
            await client.upgrade()


async def nonsense(client: Client) -> None:
    await client.upgrade()
    await client.send(masked(b"nonsense"))
    await client.until(b'"refused"')


async def no_subscription(client: Client) -> None:
    await client.upgrade()


async def wrong_token(client: Client) -> None:
    assert b" 401 " in await client.upgrade("wrong")


async def no_frame_at_all(client: Client) -> None:
    await client.upgrade()
    await client.send(b"\xff\xff\xff\xff")
    await client.end()


async def silent(client: Client) -> None:
    """Subscribe and be unplugged: neither a word nor an end."""
    await client.upgrade()
    await client.send(SUBSCRIBE)
    await client.end()


async def stuck_and_silent(client: Client) -> None:
    """Subscribe and take nothing of the picture any more."""
    await client.upgrade()
    await client.send(SUBSCRIBE)
    began = asyncio.get_running_loop().time()
    while client.held():
        assert asyncio.get_running_loop().time() < began + PATIENCE_S, "the center holds on to a screen that takes nothing"
        await asyncio.sleep(1)


async def kept_alive(client: Client) -> None:
    await client.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
    await client.end()


async def half_a_handshake(client: Client) -> None:
    await client.send(b"GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: webso")
    await client.end()


Way = Callable[[Client], Awaitable[None]]
QUICK: tuple[Way, ...] = (
    clean,
    reset,
    gone_amid_the_picture,
    reset_amid_the_picture,
    gone_amid_the_handshake,
    gone_before_the_answer,
    nonsense,
    no_subscription,
    wrong_token,
    no_frame_at_all,
)
SLOW: tuple[Way, ...] = (silent, stuck_and_silent, kept_alive, half_a_handshake)


@asynccontextmanager
async def serving(database: TestDatabase, broker: TestBroker, folder: Path) -> AsyncIterator[tuple[RunningCenter, str]]:
    """A center whose picture does not fit into one buffer, and a wall's token."""
    await migrate.upgrade(database.owner.conninfo())
    made = settings(database.center, broker.broker("center"), web=pages(folder))
    async with RunningCenter(made, database, pace=PACE, connection=CONNECTION, line=LINE) as center:
        center.room.hub.describe([series(number) for number in range(1, 1_000)])
        yield center, (await center.room.access.make_wall_token("wall", "administrator"))[0]


class Left:
    """What a center holds at a moment."""

    def __init__(self, center: RunningCenter) -> None:
        gc.collect()
        process = psutil.Process()
        self.tasks = len(asyncio.all_tasks())
        self.files = process.num_fds()
        self.screens = len(center.room.screens)
        self.rss_mb = process.memory_info().rss / 1e6


async def vanish(port: int, token: str, way: Way) -> None:
    with socket.socket() as one:
        if "picture" in way.__name__ or "stuck" in way.__name__:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.setblocking(False)
        await asyncio.get_running_loop().sock_connect(one, ("127.0.0.1", port))
        await way(Client(one, token))


async def cycles(center: RunningCenter, token: str, ways: list[Way], at_once: int) -> None:
    """Go all these ways, so many at a time."""
    left = iter(ways)

    async def go() -> None:
        for way in left:
            await vanish(center.settings.listen.port, token, way)

    async with asyncio.TaskGroup() as tasks:
        for number in range(at_once):
            tasks.create_task(go(), name=f"walls {number}")


async def test_a_day_of_walls_that_reconnect_leaves_nothing_behind(
    plain_database: TestDatabase, broker: TestBroker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(SEED)
    async with serving(plain_database, broker, tmp_path) as (center, token):
        change = asyncio.create_task(changing(center), name="changing")
        await cycles(center, token, list(QUICK) * 10, AT_ONCE)  # what is made once for good is made now
        await settled(center)
        before = Left(center)
        quick = [chance.choice(QUICK) for _ in range(CONNECTIONS - LINGERING)]
        slow = [SLOW[number % len(SLOW)] for number in range(LINGERING)]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(cycles(center, token, slow, LINGERING), name="lingering")
            tasks.create_task(cycles(center, token, quick, AT_ONCE), name="vanishing")
        await settled(center)
        after = Left(center)
        change.cancel()
    note("reconnects leave nothing", connections=CONNECTIONS, before=vars(before), after=vars(after))

    assert not [record for record in caplog.records if record.name == "uvicorn.error"], "whoever leaves is no error of ours"
    assert (after.tasks, after.screens) == (before.tasks, 0)
    assert after.files <= before.files + center.settings.center.connections, "more than the pool may have opened meanwhile"
    assert after.rss_mb < before.rss_mb + 20


async def settled(center: RunningCenter) -> None:
    """Return once the center noticed everybody's end."""

    port = center.settings.listen.port

    async def nobody() -> bool:
        open_ = [one for one in psutil.Process().net_connections("tcp") if one.laddr.port == port]
        return len(center.room.screens) == 0 and all(one.status == psutil.CONN_LISTEN for one in open_)

    await eventually(nobody, PATIENCE_S)


async def changing(center: RunningCenter) -> None:
    """Have something to tell all the time."""
    number = 0
    while True:
        await asyncio.sleep(0.02)
        number += 1
        center.room.hub.describe([renamed(number)])


def renamed(number: int) -> LiveSeries:
    return series(1, unit="Cel" if number % 2 else "K")
