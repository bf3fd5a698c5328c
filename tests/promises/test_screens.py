"""Screens never slow anyone: a browser that takes nothing costs neither the others nor ingest anything, and the center no memory.

Twenty screens and a flood of readings, first alone, then with two screens among them that say "I am here" and do not take what they are
told: one reads nothing, one a byte a second. Both rounds are of the same run, with the real processes. That a screen never lies is
broken on purpose in `tests/journeys/test_connection.py`, in a browser.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest

from bench.result import percentile
from bench.screens import masked
from bench.stage import Stage, staged
from bench.watching import Seen, publish, watching
from tests.promises.impatient import PACE
from tests.promises.scale import FULL, note

pytestmark = [pytest.mark.servers, pytest.mark.processes, pytest.mark.timeout(300)]

SCREENS = 20
RATE, TOGETHER = 100.0, 20
"""2,000 readings a second: more for each screen than the kernel keeps for one that takes nothing."""
ALONE_S, BESIDE_S = (60.0, 60.0) if FULL else (4.0, PACE.send_s + 4.0)
STORED_WITHIN_S = 10.0
HANDSHAKE = (
    "GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n"
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nauthorization: Bearer {token}\r\n\r\n"
)


@dataclass(frozen=True)
class Round:
    """What one round was like for the others."""

    seen: Seen
    stored: int
    rss_mb: float

    @property
    def readings(self) -> int:
        return len(self.seen.published)


@asynccontextmanager
async def slow(stage: Stage, bytes_a_second: int) -> AsyncIterator[None]:
    """A screen that subscribes, goes on answering that it is there, and reads that little."""
    loop = asyncio.get_running_loop()
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        one.setblocking(False)
        await loop.sock_connect(one, ("127.0.0.1", stage.port))
        await loop.sock_sendall(one, HANDSHAKE.format(token=stage.tokens[0]).encode())
        said = b""
        while b'"hello"' not in said:
            said += await loop.sock_recv(one, 4_096)
        await loop.sock_sendall(one, masked(b'{"type":"subscribe"}'))

        async def pretend() -> None:
            with suppress(ConnectionError):
                while True:
                    await asyncio.sleep(1)
                    await loop.sock_sendall(one, masked(b'{"type":"pong"}'))
                    if bytes_a_second:
                        await loop.sock_recv(one, bytes_a_second)

        pretending = asyncio.create_task(pretend(), name="pretending")
        try:
            yield
        finally:
            pretending.cancel()
            await asyncio.wait([pretending])


async def one_round(stage: Stage, seconds: float) -> Round:
    """Publish, and return what twenty screens saw and ingest stored of it."""
    before = stage.stored()
    async with watching(stage.port, SCREENS, stage.tokens) as watch:
        watch.begin()
        await asyncio.to_thread(publish, stage.gateway, rate=RATE, seconds=seconds, series=500, together=TOGETHER)
        wanted = before + round(RATE * TOGETHER * seconds)
        async with asyncio.timeout(STORED_WITHIN_S):
            while (stored := stage.stored()) < wanted:  # noqa: ASYNC110 - it is in another process
                await asyncio.sleep(0.1)
    return Round(watch.seen, stored - before, stage.rss_mb())


async def test_a_screen_that_takes_nothing_slows_neither_the_others_nor_ingest() -> None:
    async with staged(series=500, screens=SCREENS + 2, ingest=True, command=("-m", "tests.promises.impatient")) as stage:
        alone = await one_round(stage, ALONE_S)
        async with slow(stage, 0), slow(stage, 1):
            beside = await one_round(stage, BESIDE_S)
        closed = await stage.closed("too slow")
        figures = {
            name: {
                "p50_ms": percentile(one.seen.published, 50),
                "p99_ms": percentile(one.seen.published, 99),
                "readings": one.readings,
                "stored": one.stored,
                "rss_mb": one.rss_mb,
            }
            for name, one in (("alone", alone), ("beside", beside))
        }
        note("a slow screen slows nobody", closed=closed, **figures)

    for one, seconds in ((alone, ALONE_S), (beside, BESIDE_S)):
        wanted = round(RATE * TOGETHER * seconds)
        assert (one.stored, one.readings) == (wanted, wanted * SCREENS), figures
    assert (alone.seen.closed, beside.seen.closed) == (0, 0)
    assert percentile(beside.seen.published, 50) < 2 * percentile(alone.seen.published, 50) + 5, figures
    assert beside.rss_mb < alone.rss_mb + 20, figures
    assert closed == 2
