"""the machine → its own numbers: memory, disk, temperature. Blocking, a few small files: called in a thread."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

THERMAL: Final = Path("/sys/class/thermal")


@dataclass(frozen=True, slots=True)
class Machine:
    """What the heartbeat says of the machine; a temperature only where it has a sensor."""

    rss_bytes: int
    disk_free_bytes: int
    temperature_c: float | None


def measured(folder: Path, thermal: Path = THERMAL) -> Machine:
    """Return the machine's numbers, the disk's being those of `folder`."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = 0
    return Machine(psutil.Process().memory_info().rss, free, _hottest(thermal))


def _hottest(thermal: Path) -> float | None:
    """Return the hottest thermal zone in degrees Celsius, None without any."""
    found: list[float] = []
    for zone in thermal.glob("thermal_zone*/temp"):
        try:
            found.append(int(zone.read_text(encoding="ascii")) / 1_000)
        except (OSError, ValueError):
            continue  # a zone that is switched off cannot be read
    return max(found, default=None)
