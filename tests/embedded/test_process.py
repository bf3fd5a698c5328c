"""Supervision: up again after every end, gone with its parent, one sentence when it cannot be."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from wardroom.embedded import program as programs
from wardroom.embedded.folders import Owner
from wardroom.embedded.memory import PeakMemory
from wardroom.embedded.process import Supervised
from wardroom.embedded.program import Program, turn_over
from wardroom.errors import EmbeddedError

pytestmark = pytest.mark.processes

SLEEP = ("sleep", "60")
DEAF = (sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); open('deaf', 'w').close(); time.sleep(60)")


def child(folder: Path, *argv: str, stop_within_s: float = 5.0) -> Program:
    return Program(name="child", argv=argv or SLEEP, log=folder / "log" / "child.log", folder=folder, stop_within_s=stop_within_s)


async def restarted(process: Supervised, times: int = 1) -> None:
    async with asyncio.timeout(10):
        while process.restarts < times:  # noqa: ASYNC110 - nobody but this test waits for a number of restarts
            await asyncio.sleep(0.01)
        await process.wait_ready()


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def test_a_program_runs_while_the_context_lives(tmp_path: Path) -> None:
    async with Supervised(child(tmp_path)) as process:
        pid = process.pid
        assert pid is not None
        assert psutil.Process(pid).name() == "sleep"
    assert gone(pid)
    assert process.pid is None
    assert process.restarts == 0


async def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    async with Supervised(child(tmp_path)) as process:
        first = process.pid
        process.send(signal.SIGKILL)
        await restarted(process)
        assert process.pid not in (None, first)


async def test_what_a_killed_program_left_is_cleared_up_before_each_start(tmp_path: Path) -> None:
    starts: list[int] = []
    async with Supervised(child(tmp_path), before=lambda: starts.append(1)) as process:
        await process.restart()
    assert len(starts) == 2
    assert process.restarts == 1


async def test_ready_is_when_the_program_answers(tmp_path: Path) -> None:
    mark = tmp_path / "up"
    script = f"import pathlib, time; time.sleep(0.2); pathlib.Path({str(mark)!r}).touch(); time.sleep(60)"
    async with Supervised(child(tmp_path, sys.executable, "-c", script), ready=mark.exists):
        assert mark.exists()


async def test_a_program_that_ends_at_once_is_one_sentence_with_its_last_words(tmp_path: Path) -> None:
    process = Supervised(child(tmp_path, "sh", "-c", "echo first; echo the reason; exit 3"), ready=lambda: False)
    with pytest.raises(EmbeddedError, match="the child did not start: the reason"):
        await process.__aenter__()
    assert not process.running


async def test_a_program_that_never_answers_is_stopped(tmp_path: Path) -> None:
    process = Supervised(child(tmp_path), ready=lambda: False, ready_within_s=0.2)
    with pytest.raises(EmbeddedError, match="did not start"):
        await process.__aenter__()
    assert not process.running


async def test_a_program_that_is_missing_is_one_sentence(tmp_path: Path) -> None:
    process = Supervised(child(tmp_path, "/nowhere/at-all"), ready=lambda: False)
    with pytest.raises(EmbeddedError, match="/nowhere/at-all: No such file or directory"):
        await process.__aenter__()


@pytest.mark.parametrize("mode", [None, 0o600])
async def test_an_interpreter_that_cannot_be_run_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int | None) -> None:
    interpreter = tmp_path / "python"
    if mode is not None:
        interpreter.touch(mode)
    monkeypatch.setattr(sys, "executable", str(interpreter))

    with pytest.raises(EmbeddedError, match=f"child.*{interpreter}") as caught:
        async with Supervised(child(tmp_path)):
            pass

    assert caught.value.key == "embedded.cannot_run"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("could not write: No space left on device", "embedded.disk_full"),
        ("HINT:  Check free disk space.", "embedded.disk_full"),
        ("listen EADDRINUSE: address already in use", "embedded.port_taken"),
        ("Error: Address already in use", "embedded.port_taken"),
        ("something else", "embedded.did_not_start"),
    ],
)
def test_the_cause_of_a_failed_start_comes_from_the_log(tmp_path: Path, words: str, key: str) -> None:
    program = child(tmp_path)
    with program.open_log() as log:
        log.write(words.encode() + b"\nlast words\n")
    assert program.failure().key == key


async def test_what_an_earlier_run_wrote_is_no_cause_of_todays_failure(tmp_path: Path) -> None:
    program = child(tmp_path, "sh", "-c", "echo today; exit 1")
    with program.open_log() as log:
        log.write(b"yesterday: Address already in use\n")
    with pytest.raises(EmbeddedError, match="did not start: today"):
        await Supervised(program, ready=lambda: False).__aenter__()


async def test_a_program_deaf_to_sigterm_is_killed(tmp_path: Path) -> None:
    started = time.monotonic()
    async with Supervised(child(tmp_path, *DEAF, stop_within_s=0.3), ready=(tmp_path / "deaf").exists) as process:
        pid = process.pid
    assert pid is not None
    assert gone(pid)
    assert time.monotonic() - started < 10


async def test_what_is_raised_inside_comes_out_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with Supervised(child(tmp_path)) as process:
            raise KeyError("mine")
    assert not process.running


async def test_a_cancelled_owner_takes_the_program_with_it(tmp_path: Path) -> None:
    pids: list[int | None] = []

    async def own() -> None:
        async with Supervised(child(tmp_path)) as process:
            pids.append(process.pid)
            await asyncio.sleep(60)

    task = asyncio.create_task(own(), name="own")
    async with asyncio.timeout(30):
        while not pids:  # noqa: ASYNC110 - the task has no other sign
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pids[0] is not None
    assert gone(pids[0])


OWNER = """
import asyncio, sys
from pathlib import Path
from wardroom.embedded.process import Supervised
from wardroom.embedded.program import Program

async def main():
    folder = Path(sys.argv[1])
    async with Supervised(Program(name="child", argv=("sleep", "60"), log=folder / "log", folder=folder)) as process:
        print(process.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_it_dies_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen((sys.executable, "-c", OWNER, str(tmp_path)), stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert psutil.pid_exists(pid)
        owner.kill()
    deadline = time.monotonic() + 5
    while not gone(pid):
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.01)


def test_a_child_whose_parent_is_gone_before_it_starts_does_not_start(tmp_path: Path) -> None:
    launch = list(child(tmp_path, "touch", str(tmp_path / "started")).launch())
    launch[3] = "1"  # not the parent's number any more
    assert subprocess.run(launch, check=False, timeout=10).returncode == 1
    assert not (tmp_path / "started").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="may be skipped: root's case")
def test_a_child_of_root_has_none_of_roots_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    user = Owner(65534, 65534)
    program = Program(name="child", argv=("id",), log=tmp_path / "log" / "id.log", folder=tmp_path, owner=user)
    assert program.popen().wait(10) == 0
    words = (tmp_path / "log" / "id.log").read_text(encoding="utf-8")
    assert words.startswith("uid=65534")
    assert "0(root)" not in words


def test_the_log_is_private_and_bounded(tmp_path: Path) -> None:
    program = child(tmp_path)
    with program.open_log() as log:
        log.write(b"x" * (programs.LOG_LIMIT + 1))
        log.flush()
        turn_over(program.log)
        log.write(b"goes on\n")
    assert stat.S_IMODE(program.log.stat().st_mode) == 0o600
    assert program.log.read_bytes() == b"goes on\n"
    assert program.log.with_name("child.log.1").stat().st_size == programs.LOG_LIMIT + 1


def test_the_callers_environment_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGDATA", "/elsewhere")
    monkeypatch.setenv("NODE_OPTIONS", "--nonsense")
    assert not {"PGDATA", "NODE_OPTIONS"} & set(child(tmp_path).environment)


def test_memory_is_the_kernels_high_water_mark() -> None:
    memory = PeakMemory()
    memory.sample(os.getpid())
    assert memory.peak_mb > 10


def test_memory_of_a_process_that_has_just_gone_is_nothing() -> None:
    with subprocess.Popen((sys.executable, "-c", "")) as done:
        done.wait()
    memory = PeakMemory()
    memory.sample(done.pid)
    assert memory.peak_mb == 0
