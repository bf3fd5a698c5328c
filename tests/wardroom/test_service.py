import asyncio
import os
import signal
import threading

import pytest

from wardroom import service
from wardroom.errors import BrokerGone, ConfigError
from wardroom.settings import Log

LOG = Log(format="json")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM_LANG", "en")


def test_a_service_that_ends_has_status_0() -> None:
    async def main() -> None:
        await asyncio.sleep(0)

    assert service.run(main, log=LOG) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly_and_a_second_one_leaves_the_clean_up_alone(number: signal.Signals) -> None:
    steps = []

    async def main() -> None:
        threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
        try:
            await asyncio.sleep(10)
        finally:
            steps.append("stopping")
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.05)
            steps.append("stopped")

    assert service.run(main, log=LOG) == 0
    assert steps == ["stopping", "stopped"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_job_that_a_signal_cuts_off_has_not_succeeded(number: signal.Signals, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
        await asyncio.sleep(10)

    assert service.run(main, log=LOG, job=True) == status
    assert capsys.readouterr().err == "wardroom: interrupted before it was done; nothing is left half done, run it again\n"


def test_a_job_that_ends_by_itself_has_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        await asyncio.sleep(0)

    assert (service.run(main, log=LOG, job=True), capsys.readouterr().err) == (0, "")


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (ConfigError("config.no_file", file="x"), 2, "wardroom: x: there is no such file;"),
        (BrokerGone("broker.gone", broker="b", detail="d"), 1, "wardroom: the broker at b is gone: d;"),
    ],
)
def test_an_error_of_ours_is_one_sentence(
    error: ConfigError | BrokerGone, status: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail() -> None:
        raise error

    async def main() -> None:
        async with asyncio.TaskGroup() as outer, asyncio.TaskGroup() as group:
            outer.create_task(asyncio.sleep(10))
            group.create_task(fail())
            group.create_task(fail())

    assert service.run(main, log=LOG) == status
    err = capsys.readouterr().err
    assert err.startswith(sentence)
    assert err.count("\n") == 1


def test_a_bug_is_logged_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        raise ZeroDivisionError

    assert service.run(main, log=LOG) == service.BROKEN
    err = capsys.readouterr().err
    assert "service stopped by a bug" in err
    assert "ZeroDivisionError" in err


def test_a_cancellation_nobody_asked_for_is_not_hidden() -> None:
    async def main() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        service.run(main, log=LOG)


def test_a_service_may_bring_its_event_loop() -> None:
    made = []

    def factory() -> asyncio.AbstractEventLoop:
        made.append(asyncio.new_event_loop())
        return made[-1]

    async def main() -> None:
        assert asyncio.get_running_loop() is made[0]

    assert service.run(main, log=LOG, loop_factory=factory) == 0
