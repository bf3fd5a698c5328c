"""One server process of a test session: started, killed, started again; dies with the session."""

import signal
import subprocess
import time
from collections.abc import Callable

from wardroom.embedded.program import Program


class Running:
    """A program that runs without supervision, so that a test may break it."""

    def __init__(self, program: Program, ready: Callable[[], bool], before: Callable[[], None] = lambda: None) -> None:
        self._program = program
        self._ready = ready
        self._before = before
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, "not running"
        return self._process.pid

    def start(self, within_s: float = 30.0) -> None:
        """Start it unless it runs, and wait until it answers. Only in the main thread: the kernel ties the process to the thread's life."""
        if not self.running:
            self.launch()
            self.until_ready(within_s)

    def launch(self) -> None:
        """Start it, and wait for nothing."""
        self._end(signal.SIGKILL)
        self._before()
        self._process = self._program.popen()

    def until_ready(self, within_s: float = 30.0) -> None:
        """Wait until it answers; where it ends or takes too long it is killed, and its own last words are the error."""
        assert self._process is not None, "not running"
        deadline = time.monotonic() + within_s
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise self._program.failure()
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask it to stop, and wait."""
        self._end(self._program.stop_signal)

    def kill(self) -> None:
        """SIGKILL: what a power cut leaves behind."""
        self._end(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None, "not running"
        self._process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            self._process.wait(self._program.stop_within_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
