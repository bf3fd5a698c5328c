import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.center_link import CenterLink
from edge.evidence_spool import EvidenceSpool
from edge.evidence_upload import EvidenceUpload
from edge.sealing import Sealing
from tests.edge.a_center import ACenter, Asked, a_center
from tests.edge.waiting import until
from wardroom.embedded.ports import free_port
from wardroom.topics import Gateway

GATEWAY = Gateway("vp-upload", "gw-1")


@pytest.fixture
def spool(tmp_path: Path) -> EvidenceSpool:
    made = EvidenceSpool(tmp_path, Sealing(secrets.token_bytes(32), "x"), gateway=GATEWAY, limit_bytes=2**20, limit_count=100)
    made.open()
    return made


@asynccontextmanager
async def sending(spool: EvidenceSpool, center: ACenter, port: int | None = None) -> AsyncIterator[None]:
    settings = center.settings() if port is None else center.settings(center=f"http://127.0.0.1:{port}")
    task = asyncio.create_task(EvidenceUpload(spool, CenterLink(settings), gateway=GATEWAY, retry_s=(0.02, 0.1), look_s=0.02).run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_shots_go_to_the_center_in_the_order_they_were_taken(spool: EvidenceSpool) -> None:
    digests = [spool.put(b"shot%d" % number) for number in range(3)]
    with a_center(lambda _: (204, b"")) as center:
        async with sending(spool, center):
            await until(lambda: len(spool) == 0)
            spool.put(b"later")
            await until(lambda: len(spool) == 0)

    assert [asked.body for asked in center.asked] == [b"shot0", b"shot1", b"shot2", b"later"]
    assert [asked.path.rpartition("/")[2] for asked in center.asked][:3] == digests


async def test_a_center_that_is_away_is_waited_for_and_nothing_is_lost(spool: EvidenceSpool) -> None:
    port = free_port()
    spool.put(b"one")
    with a_center(lambda _: (204, b"")) as other:
        async with sending(spool, other, port):
            await asyncio.sleep(0.2)
            assert len(spool) == 1
            with a_center(lambda _: (204, b""), port) as center:
                await until(lambda: len(spool) == 0)

    assert [asked.body for asked in center.asked] == [b"one"]


async def test_a_refused_shot_is_let_go_and_the_next_one_is_sent(spool: EvidenceSpool) -> None:
    def answer(asked: Asked) -> tuple[int, bytes]:
        return (422, b"no picture") if asked.body == b"bad" else (204, b"")

    spool.put(b"bad")
    spool.put(b"good")
    with a_center(answer) as center:
        async with sending(spool, center):
            await until(lambda: len(spool) == 0)

    assert [asked.body for asked in center.asked] == [b"bad", b"good"]


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 500, 503])
async def test_a_token_that_does_not_hold_yet_and_a_sick_center_cost_no_shot(spool: EvidenceSpool, status: int) -> None:
    spool.put(b"one")
    with a_center(lambda _: (status, b"<html>")) as center:
        async with sending(spool, center):
            await until(lambda: len(center.asked) >= 2)
            assert len(spool) == 1
            center.answering = lambda _: (204, b"")
            await until(lambda: len(spool) == 0)


async def test_a_center_without_room_is_left_alone_for_as_long_as_it_says_and_the_spool_stays_bounded(tmp_path: Path) -> None:
    spool = EvidenceSpool(tmp_path, Sealing(secrets.token_bytes(32), "x"), gateway=GATEWAY, limit_bytes=2**20, limit_count=10)
    spool.open()
    spool.put(b"shot0")
    with a_center(lambda _: (507, b"{}")) as center:
        center.headers["retry-after"] = "2"
        async with sending(spool, center):
            await until(lambda: len(center.asked) == 1)
            for number in range(1, 30):
                spool.put(b"shot%d" % number)
            await asyncio.sleep(0.5)
            assert (len(center.asked), len(spool)) == (1, 10)
            center.answering = lambda _: (204, b"")
            await until(lambda: len(spool) == 0)

    assert [asked.body for asked in center.asked][-10:] == [b"shot%d" % number for number in range(20, 30)]
