"""a service's main coroutine → an exit status: logs, signals, and one sentence instead of a traceback."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

import structlog

from wardroom import log as logs
from wardroom import settings, texts
from wardroom.errors import ConfigError, WardroomError
from wardroom.metrics import BUGS
from wardroom.settings import Log

FAILED: Final = 1
MISCONFIGURED: Final = 2
BROKEN: Final = 70
"""A bug of ours (sysexits' EX_SOFTWARE): its traceback is in the log."""

_log = structlog.get_logger()


def run(
    main: Callable[[], Coroutine[Any, Any, None]],
    *,
    log: Log,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
    job: bool = False,
) -> int:
    """Run `main` until it ends or SIGTERM or SIGINT cancels it; return the exit status.

    A WardroomError becomes one sentence on standard error. `loop_factory`: another event loop, where a service wants one. `job`: it was to
    come to an end by itself, so a signal has kept it from what it was to do: it says so, and its status is the shell's for that signal.
    """
    logs.configure(log)
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            told = runner.run(_until_told(main))
    except* WardroomError as group:
        return_status = report(*leaves(group))
    except* Exception:  # noqa: BLE001 - the top of the process: logged with its traceback and counted
        BUGS.labels("service").inc()
        _log.exception("service stopped by a bug")
        return_status = BROKEN
    else:
        return_status = _interrupted(told) if job and told else 0
    return return_status


def report(*errors: WardroomError) -> int:
    """Say each error's sentence on standard error, in the language of ``$WARDROOM_LANG``; return the exit status."""
    spoken = settings.language()
    for sentence in dict.fromkeys(error.sentence(spoken) for error in errors):
        sys.stderr.write(f"wardroom: {sentence}\n")
    return MISCONFIGURED if any(isinstance(error, ConfigError) for error in errors) else FAILED


def leaves(group: BaseExceptionGroup[WardroomError]) -> Iterator[WardroomError]:
    """Yield the errors in a group of groups."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error


def _interrupted(number: signal.Signals) -> int:
    sys.stderr.write(f"wardroom: {texts.say('service.interrupted', settings.language())}\n")
    return 128 + number


async def _until_told(main: Callable[[], Coroutine[Any, Any, None]]) -> signal.Signals | None:
    """Run `main`; the first SIGTERM or SIGINT cancels it, later ones leave its clean-up alone. Return the one that cut it off."""
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(main(), name="main")
    told: signal.Signals | None = None

    def stop(number: signal.Signals) -> None:
        nonlocal told
        if told is None:
            told = number
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    try:
        await task
    except asyncio.CancelledError:
        if told is None:
            raise
        return told
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
    return None
