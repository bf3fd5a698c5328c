"""status of fleet, probe and processes → a table that redraws itself once a second."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from simulators import status
from simulators.congress import Congress
from simulators.stack import Stack
from simulators.status import FleetStatus, ProbeStatus
from wardroom import settings, texts

_EVERY_S: Final = 1.0
_OVER: Final = 10
_PROCESSES: Final = ("database", "broker", "ingest", "center", "edge", "probe", "gates")


@dataclass(slots=True)
class Rate:
    """Counts of the last seconds → how many a second; a count that went back is a restart."""

    _seen: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_OVER))

    def add(self, at: float, count: int | None) -> None:
        """Take a count; None says nothing."""
        if count is None:
            return
        if self._seen and count < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((at, count))

    def per_second(self) -> float:
        """Return the average over what is remembered."""
        if len(self._seen) < 2:
            return 0.0
        (first, before), (last, after) = self._seen[0], self._seen[-1]
        return (after - before) / (last - first) if last > first else 0.0


class Shown:
    """What the panel shows, and how."""

    def __init__(self, stack: Stack, head: str, congress: Congress | None = None) -> None:
        self._stack = stack
        self._congress = congress
        self._head = head
        self._language = settings.language()
        self._recorded, self._stored = Rate(), Rate()
        self._total: int | None = None
        self._fleet = FleetStatus()
        self._probe = ProbeStatus()

    async def look(self) -> None:
        """Read what is known now."""
        state, now = self._stack.folder.state, time.monotonic()
        if (fleet := status.read(state / "fleet.json", FleetStatus)) is not None:
            self._fleet = fleet
        if (probe := status.read(state / "probe.json", ProbeStatus)) is not None:
            self._probe = probe
        self._total = await asyncio.to_thread(self._stack.stored)
        self._recorded.add(now, self._fleet.recorded)
        self._stored.add(now, self._total)

    def drawn(self) -> RenderableType:
        """Return the panel."""
        title = self._say("panel_title")
        return Panel(
            Group(Text(self._head), self._flow(), self._faults(), self._processes()), title=title, subtitle=self._say("panel_stop")
        )

    def _flow(self) -> Table:
        fleet, probe = self._fleet, self._probe
        table = Table.grid(padding=(0, 3))
        rows = (
            ("panel_gateways", f"{fleet.connected} / {fleet.gateways}", "panel_sensors", str(fleet.sensors)),
            ("panel_measured", f"{self._recorded.per_second():.1f}/s", "panel_recorded", str(fleet.recorded)),
            ("panel_stored", f"{self._stored.per_second():.1f}/s", "panel_total", "—" if self._total is None else str(self._total)),
            ("panel_backlog", str(fleet.backlog), "panel_malformed", str(fleet.malformed)),
            ("panel_p50", _milliseconds(probe.p50_ms), "panel_p99", _milliseconds(probe.p99_ms)),
        )
        for left, one, right, other in rows:
            table.add_row(self._say(left), Text(one, style="bold"), self._say(right), Text(other, style="bold"))
        if self._congress is not None:
            table.add_row(self._say("panel_arrived"), Text(self._congress.told(), style="bold"))
        return table

    def _faults(self) -> Text:
        faults = "\n".join(f"  {self._say(f'fault_{fault.kind}')}: {fault.place}" for fault in self._fleet.faults)
        return Text(f"\n{self._say('panel_faults')}\n{faults or '  —'}\n", style="yellow" if faults else "")

    def _processes(self) -> Table:
        table = Table(box=None, padding=(0, 3, 0, 0))
        for name in ("panel_process", "panel_pid", "panel_restarts", "panel_memory"):
            table.add_column(self._say(name))
        for name in _PROCESSES:
            process = self._stack.processes.get(name)
            if process is not None:
                pid = Text(str(process.pid or "—"), style="" if process.pid else "red")
                table.add_row(name, pid, str(process.restarts), f"{process.peak_rss_mb:.0f} MB")
        return table

    def _say(self, key: str) -> str:
        return texts.say(f"simulators.{key}", self._language)


async def show(shown: Shown, console: Console) -> None:
    """Draw until cancelled."""
    with Live(shown.drawn(), console=console, auto_refresh=False) as live:
        while True:
            await shown.look()
            live.update(shown.drawn(), refresh=True)
            await asyncio.sleep(_EVERY_S)


def _milliseconds(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f} ms"
