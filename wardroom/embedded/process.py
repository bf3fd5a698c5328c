"""program → one supervised child process: started, watched until it answers, restarted when it ends, stopped with its parent."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Self

import structlog

from wardroom.clock import Clock, SystemClock
from wardroom.embedded.memory import PeakMemory
from wardroom.embedded.program import Program, has_begun, size, turn_over
from wardroom.errors import EmbeddedError

BACK_OFF_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""How long to wait before the first, second … restart in a row; the last for all further ones."""
STEADY_S: Final = 30.0
"""A process that lived this long was well: the next restart begins with the first wait again."""

_POLL_S: Final = 0.05
_SAMPLE_S: Final = 1.0
_FIRST_STARTS: Final = 3

_log = structlog.get_logger()


class Supervised:
    """One child process, as an async context manager: up when entered, gone when left.

    `ready` says (quickly; it runs in a thread) whether the program answers, by default whether it has begun;
    `before` clears up what a killed one left, before each start.
    A start that fails raises EmbeddedError; later ends are answered by restarts for as long as the context lives.
    """

    def __init__(
        self,
        program: Program,
        *,
        ready: Callable[[], bool] | None = None,
        before: Callable[[], None] = lambda: None,
        ready_within_s: float = 30.0,
        clock: Clock | None = None,
    ) -> None:
        self.program = program
        self.restarts = 0
        self._ready = ready or self._became_program
        self._before = before
        self._ready_within_s = ready_within_s
        self._clock = clock or SystemClock()
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._watchers: tuple[asyncio.Task[None], ...] = ()
        self._answers = asyncio.Event()
        self._stopping = False
        self._restart_now = False
        self._memory = PeakMemory()

    async def __aenter__(self) -> Self:
        """Start the program and return when it answers."""
        await self._start_first()
        self._tasks = await asyncio.TaskGroup().__aenter__()
        name = self.program.name
        self._watchers = (
            self._tasks.create_task(self._keep_up(), name=f"keep {name} up"),
            self._tasks.create_task(self._sample(), name=f"watch {name}'s memory and log"),
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop the program; what was raised inside goes on."""
        self._stopping = True
        for task in self._watchers:
            task.cancel()
        await asyncio.wait(self._watchers)  # one may be starting the program just now
        try:
            await asyncio.shield(self._stop())
        finally:
            if self._tasks is not None:
                await self._tasks.__aexit__(None, None, None)

    @property
    def pid(self) -> int | None:
        """The process's number; none between an end and the next start."""
        return self._process.pid if self.running and self._process is not None else None

    @property
    def running(self) -> bool:
        """Whether a process is there; `wait_ready` says whether it answers."""
        return self._process is not None and self._process.returncode is None

    @property
    def peak_rss_mb(self) -> float:
        """The most memory it and its children have used, shared pages counted once."""
        return self._memory.peak_mb

    async def wait_ready(self) -> None:
        """Return when the program answers."""
        await self._answers.wait()

    async def restart(self) -> None:
        """Stop the program and return when the next one answers; counted like any other restart."""
        self._restart_now = True
        self._answers.clear()
        await self._stop()
        await self._answers.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, if there is one: SIGHUP to read its files again, SIGKILL to test what happens then."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _start_first(self) -> None:
        """Start; a program that ends at once is tried a few times, for what a killed one left may need a moment to go."""
        since = size(self.program.log)
        for wait_s in BACK_OFF_S[:_FIRST_STARTS]:
            await self._spawn()
            if await self._became_ready():
                return
            ended = not self.running
            await self._stop()
            if not ended:
                break
            await asyncio.sleep(wait_s)
        raise self.program.failure(since)

    async def _spawn(self) -> None:
        await asyncio.to_thread(self._before)
        with self.program.open_log() as log:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self.program.launch(),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self.program.folder,
                    env=dict(self.program.environment),
                    start_new_session=True,
                )
            except OSError as error:
                path, detail = error.filename or self.program.folder, error.strerror or error
                raise EmbeddedError("embedded.cannot_run", name=self.program.name, path=path, detail=detail) from error

    async def _became_ready(self) -> bool:
        deadline = self._clock.monotonic() + self._ready_within_s
        while self.running and self._clock.monotonic() < deadline:
            if await asyncio.to_thread(self._ready):
                self._answers.set()
                return True
            await asyncio.sleep(_POLL_S)
        return False

    def _became_program(self) -> bool:
        return self._process is not None and has_begun(self._process.pid)

    async def _keep_up(self) -> None:
        """Start the program again whenever it ends."""
        row = 0
        while not self._stopping:
            started = self._clock.monotonic()
            assert self._process is not None  # noqa: S101 - the context was entered, so it was started
            status = await self._process.wait()
            self._answers.clear()
            row = 0 if self._restart_now or self._clock.monotonic() - started > STEADY_S else row + 1
            wait_s = BACK_OFF_S[min(row, len(BACK_OFF_S)) - 1] if row else 0.0
            self._restart_now = False
            self.restarts += 1
            await _log.awarning("process ended", name=self.program.name, status=status, restart_in_s=wait_s)
            await asyncio.sleep(wait_s)
            await self._start_again()

    async def _start_again(self) -> None:
        try:
            await self._spawn()
            if not await self._became_ready():
                self.send(signal.SIGKILL)
        except EmbeddedError as error:  # for now: the next round waits longer and tries again
            await _log.aerror("restart failed", name=self.program.name, reason=str(error))

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        self.send(self.program.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), self.program.stop_within_s)
        except TimeoutError:
            await _log.awarning("process killed: it did not stop", name=self.program.name)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def _sample(self) -> None:
        while not self._stopping:
            if (pid := self.pid) is not None:
                await asyncio.to_thread(self._memory.sample, pid)
            await asyncio.to_thread(turn_over, self.program.log)
            await asyncio.sleep(_SAMPLE_S)
