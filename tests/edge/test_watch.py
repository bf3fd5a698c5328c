import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from structlog.testing import capture_logs

from edge.captures.picture import Picture
from edge.newest_frame import NewestFrame
from edge.watch import Seeing, Watch
from simulators.scripted_seeing import Scripted
from tests.edge.factories import GATEWAY, NOW_US
from tests.edge.shows import camera
from tests.edge.waiting import until
from tests.simulators.numbered import number, picture
from vision.frames import Frame
from wardroom.clock import SystemClock
from wardroom.sight_events import Change, ObjectVisitData, SightData


class Kept:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[SightData] = []

    async def __call__(self, data: SightData) -> bool:
        self.told.append(data)
        return True

    @property
    def visits(self) -> list[tuple[str, Change]]:
        return [(one.visit, one.change) for one in self.told if isinstance(one, ObjectVisitData)]


def scripted(*visits: tuple[int, int], **options: Any) -> Scripted:
    return Scripted(camera(watch_options={"visits": list(visits)} | options), SystemClock())


def put(slot: NewestFrame, one: int) -> None:
    slot.put(Picture(partial(picture, one)), at_us=NOW_US + one, seconds=float(one), number=one)


@asynccontextmanager
async def watched(seeing: Seeing, gone_s: float = 60.0) -> AsyncIterator[tuple[NewestFrame, Kept]]:
    slot, kept = NewestFrame(), Kept()
    task = asyncio.create_task(Watch("gate", slot, seeing, gateway=GATEWAY, tell=kept, gone_s=gone_s).run())
    try:
        yield slot, kept
    finally:
        slot.close()
        await asyncio.wait_for(task, 5)


async def shown(slot: NewestFrame, *numbers: int) -> None:
    """Put pictures one by one, each once the last one was taken."""
    for one in numbers:
        put(slot, one)
        await until(lambda: slot._waiting is None)
        await asyncio.sleep(0.01)


async def test_a_visit_is_told_from_its_first_frame_to_its_last_under_one_id() -> None:
    async with watched(scripted((2, 4), (3, 3))) as (slot, kept):
        await shown(slot, 10, 11, 12, 13)
        await until(lambda: len(kept.told) == 4)

    first, second, ended, last = kept.visits
    assert [first[1], second[1], ended[1], last[1]] == [Change.NEW, Change.NEW, Change.END, Change.END]
    assert first[0] == last[0] != second[0] == ended[0]
    seen = kept.told[-1]
    assert isinstance(seen, ObjectVisitData)
    assert (seen.seen - seen.began).total_seconds() == pytest.approx(2e-6)


async def test_visits_end_when_the_camera_goes() -> None:
    async with watched(scripted((1, 99))) as (slot, kept):
        await shown(slot, 1)
        await until(lambda: len(kept.told) == 1)

    assert [change for _, change in kept.visits] == [Change.NEW, Change.END]


async def test_visits_end_once_when_no_frame_comes_for_long() -> None:
    async with watched(scripted((1, 99)), gone_s=0.5) as (slot, kept):
        await shown(slot, 1)
        await until(lambda: len(kept.told) == 2)

    assert [change for _, change in kept.visits] == [Change.NEW, Change.END]


class Slow:
    """Takes its time, and remembers what it was shown."""

    def __init__(self, *, takes_s: float = 0.0, fails: int = 0) -> None:
        self.numbers: list[int] = []
        self.threads: set[str] = set()
        self._takes_s = takes_s
        self._fails = fails

    def look(self, frame: Frame) -> Sequence[SightData]:
        self.numbers.append(number(frame.image))
        self.threads.add(threading.current_thread().name)
        time.sleep(self._takes_s)
        if len(self.numbers) <= self._fails:
            raise ZeroDivisionError("a bug")
        return ()

    def gone(self) -> Sequence[SightData]:
        return ()


async def test_a_slow_look_is_given_the_newest_frame_next_and_holds_up_nobody() -> None:
    slow = Slow(takes_s=0.2)
    async with watched(slow) as (slot, _):
        began = time.monotonic()
        for one in range(30):
            put(slot, one)
            await asyncio.sleep(0.01)
        assert time.monotonic() - began < 2
        await until(lambda: slow.numbers[-1:] == [29])

    assert len(slow.numbers) <= 5
    assert len(slow.threads) == 1


async def test_a_frame_that_cannot_be_looked_at_is_said_once_and_the_next_one_is_looked_at() -> None:
    slow = Slow(fails=3)
    with capture_logs() as logs:
        async with watched(slow) as (slot, _):
            await shown(slot, 1, 2, 3, 4, 5)
            await until(lambda: slow.numbers == [1, 2, 3, 4, 5])

    assert [log["event"] for log in logs] == ["a frame could not be looked at"]


async def test_what_is_no_sight_is_told_nobody_and_the_watch_goes_on() -> None:
    class Chatty(Slow):
        def look(self, frame: Frame) -> Sequence[SightData]:
            super().look(frame)
            return ("somebody!",) if len(self.numbers) == 1 else ()  # type: ignore[return-value]

    chatty = Chatty()
    with capture_logs() as logs:
        async with watched(chatty) as (slot, kept):
            await shown(slot, 1, 2)
            await until(lambda: chatty.numbers == [1, 2])

    assert kept.told == []
    assert [log["event"] for log in logs] == ["a frame could not be looked at"]


async def test_what_cannot_be_told_is_said_and_the_watch_goes_on() -> None:
    class Choking(Kept):
        async def __call__(self, data: SightData) -> bool:
            if not self.told:
                self.told.append(data)
                raise UnicodeError("a bug")
            return await super().__call__(data)

    slot, kept = NewestFrame(), Choking()
    task = asyncio.create_task(Watch("gate", slot, scripted((1, 1), (2, 2)), gateway=GATEWAY, tell=kept).run())
    with capture_logs() as logs:
        await shown(slot, 1, 2, 3)
        await until(lambda: len(kept.told) == 4)
        slot.close()
        await asyncio.wait_for(task, 5)

    assert [log["event"] for log in logs] == ["a frame could not be looked at"]
