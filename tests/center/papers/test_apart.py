"""Works by a process of its own, and what becomes of those that go wrong."""

import asyncio
import os
from contextlib import suppress

import psutil
import pytest

from center.papers import apart
from center.papers.apart import Exhausted, Work
from tests.center.papers import labours
from wardroom.errors import CheckInError, PeopleError


def work(name: str, *, mib: int = 512, seconds: int = 60) -> Work:
    return Work(function=f"{labours.__name__}:{name}", mib=mib, seconds=seconds)


def children() -> list[int]:
    """Return the processes of works, beside those that other tests have."""
    found = []
    for process in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if "center.papers.alone" in " ".join(process.cmdline()):
                found.append(process.pid)
    return found


async def done(asked: Work, given: bytes = b"") -> bytes:
    with await apart.done(asked, given, None) as result:
        return result.read()


async def test_a_work_is_done_by_another_process_without_the_centers_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM__PEOPLE__KEY", "secret")
    process, environment = (await done(work("who"))).decode().split("|")

    assert int(process) != os.getpid()
    assert "WARDROOM__PEOPLE__KEY" not in environment
    assert children() == []


async def test_a_work_that_needs_more_memory_than_it_may_have_is_stopped_and_harms_nobody() -> None:
    before = psutil.Process().memory_info().rss
    with pytest.raises(Exhausted):
        await done(work("eat", mib=256), b"2000")

    assert psutil.Process().memory_info().rss - before < 100 * 2**20


async def test_a_work_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(Exhausted):
        await done(work("spin", seconds=1), b"600")

    assert children() == []


async def test_who_stops_waiting_stops_the_work() -> None:
    waiting = asyncio.create_task(done(work("spin"), b"600"))
    async with asyncio.timeout(20):
        while not children():  # noqa: ASYNC110 - a process is not heard of otherwise
            await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert children() == []


async def test_an_error_of_ours_comes_back_as_it_was_and_a_bug_with_its_traceback() -> None:
    with pytest.raises(CheckInError) as refused:
        await done(work("refuse"))
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        await done(work("fail"))

    assert (refused.value.key, refused.value.data) == ("occasion.no_list", {"id": "7"})


async def test_a_large_result_is_whole() -> None:
    assert len(await done(work("write"), b"20")) == 20 * 2**20


async def test_where_no_file_can_be_made_the_folder_is_at_fault() -> None:
    with pytest.raises(PeopleError) as refused:
        await apart.done(work("write"), b"1", "/proc/nowhere")

    assert refused.value.key == "people.no_room"
