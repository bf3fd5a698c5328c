"""what to run, as whom, and where its words go: one child program, before anybody runs it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from wardroom.embedded.folders import Owner, clear_errors
from wardroom.errors import EmbeddedError

LOG_LIMIT: Final = 16 * 2**20
"""Bytes of a child's log before it is turned over; one old log is kept."""

_CHILD: Final = Path(__file__).with_name("child.py")
_TAIL: Final = 16 * 1024
_CAUSES: Final = (
    ("no space left on device", "embedded.disk_full"),
    ("check free disk space", "embedded.disk_full"),
    ("address already in use", "embedded.port_taken"),
)


def plain_environment() -> dict[str, str]:
    """Return an environment in which nothing of the caller's (PGDATA, LC_ALL, NODE_OPTIONS …) changes what a server does."""
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One child program. It dies with the process that starts it: by `stop_signal`, sent by the kernel."""

    name: str
    argv: tuple[str, ...]
    log: Path
    folder: Path
    port: int | None = None
    environment: Mapping[str, str] = field(default_factory=plain_environment)
    owner: Owner = field(default_factory=lambda: Owner(os.geteuid(), os.getegid()))
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_s: float = 10.0

    def launch(self) -> tuple[str, ...]:
        """Return the command line that becomes this program."""
        identity = (str(os.getpid()), str(int(self.stop_signal)), str(self.owner.uid), str(self.owner.gid))
        return (sys.executable, "-I", str(_CHILD), *identity, *self.argv)

    def open_log(self) -> IO[bytes]:
        """Open the log to append to, turned over first when it has grown too long."""
        with clear_errors(self.log):
            self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            turn_over(self.log)
            return os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    def popen(self) -> subprocess.Popen[bytes]:
        """Start it without supervision; the caller waits for it."""
        with self.open_log() as log, clear_errors(self.folder):
            return subprocess.Popen(
                self.launch(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=dict(self.environment),
                start_new_session=True,
            )

    def failure(self, since: int = 0) -> EmbeddedError:
        """Return the one sentence about a start that failed, its cause taken from what the log says after byte `since`."""
        lines = last_lines(self.log, since)
        if (key := known_cause("\n".join(lines))) is not None:
            return EmbeddedError(key, name=self.name, port=self.port, path=self.folder)
        return EmbeddedError("embedded.did_not_start", name=self.name, log=self.log, detail=lines[-1] if lines else "—")


def known_cause(words: str) -> str | None:
    """Return the sentence's key for what a server wrote, where its cause is a known one."""
    folded = words.casefold()
    return next((key for sign, key in _CAUSES if sign in folded), None)


def has_begun(pid: int) -> bool:
    """Say whether the launcher has become the program already."""
    try:
        return str(_CHILD).encode() not in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def turn_over(log: Path) -> None:
    """Keep a log that has grown too long as ``….1`` and go on with an empty one; a writer that appends goes on writing to the same file."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        with suppress(OSError):  # a full disk: the new log matters more than the old one
            log.with_name(f"{log.name}.1").write_bytes(log.read_bytes())
        os.truncate(log, 0)


def size(log: Path) -> int:
    """Return the log's size in bytes; 0 where there is none."""
    return log.stat().st_size if log.exists() else 0


def last_lines(log: Path, since: int = 0) -> list[str]:
    """Return the last lines after byte `since` that are not blank; none where there is no log."""
    try:
        with log.open("rb") as stream:
            end = size(log)
            stream.seek(max(since if since <= end else 0, end - _TAIL))  # a log turned over since then begins anew
            return [line.strip() for line in stream.read().decode(errors="replace").splitlines() if line.strip()][-20:]
    except OSError:
        return []
