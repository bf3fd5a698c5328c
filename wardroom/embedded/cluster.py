"""a folder and a port → a PostgreSQL cluster of our own, made once and run by us: durable, TCP on 127.0.0.1, scram-sha-256 only."""

import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from wardroom.embedded.folders import Place, clear_errors
from wardroom.embedded.program import Program, known_cause, plain_environment
from wardroom.embedded.psql import Psql
from wardroom.errors import EmbeddedError

HOST: Final = "127.0.0.1"
SUPERUSER: Final = "postgres"

_INITDB_WITHIN_S: Final = 120.0

INITDB: Final = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)

# Two cores and little memory, and nothing given up for it: fsync, full_page_writes and synchronous_commit stay on.
SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # a folder's path may be longer than a socket's may
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "10min",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
    "huge_pages": "off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One cluster: `programs` is the folder of PostgreSQL's binaries, `place` where data and the superuser's password lie."""

    place: Place
    programs: Path
    port: int
    log: Path
    settings: dict[str, str] = field(default_factory=dict)
    patience_s: float = 15.0
    """How long a server on the same data, dying with the parent that was killed, may take."""

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.place.path / "data"

    @property
    def password(self) -> str:
        """The superuser's password, random, in a file only the owner may read."""
        file = self.place.path / "superuser"
        with clear_errors(file):
            if file.exists():
                return file.read_text(encoding="utf-8").strip()
        password = secrets.token_urlsafe(24)
        self.place.write(file.name, password + "\n")
        return password

    def conninfo(self, database: str = "postgres") -> str:
        """Return the superuser's connection string."""
        return f"host={HOST} port={self.port} dbname={database} user={SUPERUSER} password={self.password} connect_timeout=5"

    def create(self) -> None:
        """Make the cluster unless it is there: aside first and renamed, so that an interrupted one is made again."""
        if (self.data / "PG_VERSION").exists():
            return
        part = self.place.path / "data.part"
        with clear_errors(part):
            shutil.rmtree(part, ignore_errors=True)
        _ = self.password
        done = self._initdb(part)
        if done.returncode != 0:
            key = known_cause(done.stderr) or "embedded.initdb_failed"
            raise EmbeddedError(key, path=self.place.path, detail=_reason(done.stderr))
        part.rename(self.data)

    def program(self) -> Program:
        """Return the server's program."""
        settings = {**SETTINGS, "port": str(self.port), **self.settings}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name="database",
            argv=(str(self.programs / "postgres"), "-D", str(self.data), *options),
            log=self.log,
            folder=self.place.path,
            port=self.port,
            owner=self.place.owner,
            stop_signal=signal.SIGINT,  # "fast": clients are sent away, everything is written
        )

    def clear_stale(self) -> None:
        """Remove the lock file of a server that is gone; wait for one that is just dying with its parent.

        PostgreSQL itself refuses to start when the dead server's number belongs to any other process by now.
        """
        lock = self.data / "postmaster.pid"
        deadline = time.monotonic() + self.patience_s
        while (pid := self.owner_pid()) is not None:
            if time.monotonic() > deadline:
                raise EmbeddedError("embedded.database_runs", path=self.place.path, pid=pid)
            time.sleep(0.1)
        with clear_errors(lock):
            lock.unlink(missing_ok=True)

    def owner_pid(self) -> int | None:
        """Return the process that holds this data folder, if one lives."""
        lines = self._lock_lines()
        if not lines or not lines[0].isdigit():
            return None
        try:
            process = psutil.Process(int(lines[0]))
            alive = process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == self.data
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            return None
        return process.pid if alive else None

    def is_ready(self) -> bool:
        """Say whether the server takes connections: it writes so into its lock file, and pg_ctl asks no more either."""
        lines = self._lock_lines()
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def psql(self) -> Psql:
        """Return the superuser's psql."""
        return Psql(program=self.programs / "psql", host=HOST, port=self.port, user=SUPERUSER, password=self.password)

    def _lock_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def _initdb(self, part: Path) -> subprocess.CompletedProcess[str]:
        where = ("--pgdata", str(part), "--username", SUPERUSER, "--pwfile", str(self.place.path / "superuser"))
        command = (str(self.programs / "initdb"), *where, *INITDB)
        with clear_errors(self.programs):
            try:
                return subprocess.run(
                    command,
                    **self.place.owner.switch(),
                    capture_output=True,
                    text=True,
                    check=False,
                    timeout=_INITDB_WITHIN_S,
                    cwd=self.place.path,
                    env=plain_environment(),
                )
            except subprocess.TimeoutExpired as error:
                raise EmbeddedError("embedded.too_slow", name="initdb", seconds=int(_INITDB_WITHIN_S)) from error


def _reason(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()] or ["—"]
    return next((line for line in lines if "error:" in line or "FATAL:" in line), lines[-1])
