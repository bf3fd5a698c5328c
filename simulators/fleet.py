"""a folder of gateway files → the ward: the real edge app for each in one process, failing as the scenario says, all of it in the ledger.

Cancelled, it drains: sensors stop, faults heal, and it ends when ingest has receipted all there is, or after `drain_s`.
What is then left stays in the outboxes for the next run.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog
from msgspec import Struct

from edge import settings as edge_settings
from edge.settings import Settings
from simulators import status
from simulators.ledger import SUFFIX, Ledger
from simulators.line import Line
from simulators.member import SETTLE_S, Member, Recording
from simulators.mischief import Mischief
from simulators.scenarios import Fault, Kind, Scene
from simulators.status import FaultNow, FleetStatus
from wardroom.clock import Clock
from wardroom.errors import ConfigError, StorageError
from wardroom.topics import Gateway

_LOOK_S: Final = 0.1
_TELL_S: Final = 1.0
_APART_S: Final = 0.05
"""Gateways start one after the other: real ones do not beat in step either."""

_log = structlog.get_logger()


class FleetSettings(Struct, frozen=True, kw_only=True):
    """What a fleet runs on; `settle_s`: so long after its session began a gateway's readings are not taken for live."""

    gateways: Path
    ledgers: Path
    status: Path | None = None
    drain_s: float = 10.0
    settle_s: float = SETTLE_S


class Fleet:
    """All gateways of a folder."""

    def __init__(self, settings: FleetSettings, *, clock: Clock, faults: Sequence[Fault] = ()) -> None:
        self._settings = settings
        self._faults = tuple(faults)
        self._clock = clock
        self._members: list[Member] = []
        self._mischief: list[Mischief] = []
        self._healed = False
        self._quiet = False
        self._over = asyncio.Event()
        self._drained = False
        self._parent = os.getppid()
        self._backlog = 0

    async def run(self) -> None:
        """Run until cancelled, then drain."""
        loaded = await asyncio.to_thread(load, self._settings.gateways)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{os.getpid()}{SUFFIX}"
        with Ledger(self._settings.ledgers / name) as ledger:
            async with AsyncExitStack() as lines:
                await self._make(loaded, ledger, lines)
                async with asyncio.TaskGroup() as tasks:
                    running = [
                        tasks.create_task(member.run(self._failed, after_s=number * _APART_S), name=member.gateway.prefix)
                        for number, member in enumerate(self._members)
                    ]
                    running += [tasks.create_task(mischief.run(), name="mischief") for mischief in self._mischief]
                    running.append(tasks.create_task(self._look(), name="fleet look"))
                    running.append(tasks.create_task(self._tell(ledger), name="fleet status"))
                    try:
                        await asyncio.Event().wait()
                    finally:
                        if not any(task.done() and not task.cancelled() and task.exception() for task in running):
                            await self._drain()
                        self._write(ledger, draining=True)
                        for task in running:
                            task.cancel()

    async def _make(self, loaded: list[tuple[Path, Settings]], ledger: Ledger, lines: AsyncExitStack) -> None:
        started = self._clock.monotonic()
        for file, settings in loaded:
            gateway = Gateway(settings.edge.site, settings.edge.gateway)
            own = [fault for fault in self._faults if fault.gateway == gateway]
            line = None
            if any(fault.kind in (Kind.DROP_OFF, Kind.LATE) for fault in own):
                line = await lines.enter_async_context(Line(host=settings.broker.host, port=settings.broker.port))
            scene = Scene(self._clock, own, started)
            put = Recording(ledger=ledger, settle_s=self._settings.settle_s)
            self._members.append(Member(settings, file=file, scene=scene, line=line, recording=put))
            self._mischief += [self._bad(fault, settings, started) for fault in own if fault.kind is Kind.MALFORMED]

    def _bad(self, fault: Fault, settings: Settings, started: float) -> Mischief:
        def wanted() -> int:
            elapsed_s = self._clock.monotonic() - started
            return 0 if self._healed else fault.round(elapsed_s) + fault.active(elapsed_s)

        return Mischief(broker=settings.broker, gateway=fault.gateway, wanted=wanted)

    def _failed(self, gateway: Gateway) -> None:
        self._members = [member for member in self._members if member.gateway != gateway]

    async def _look(self) -> None:
        while True:
            for member in self._members:
                member.look()
            if self._quiet and (self._alone() or await self._empty()):
                self._over.set()
            await asyncio.sleep(_LOOK_S)

    async def _tell(self, ledger: Ledger) -> None:
        while True:
            self._backlog = await self._packs()
            with suppress(StorageError):  # the ledger's own error says more of a full disk
                self._write(ledger, draining=self._healed)
            await asyncio.sleep(_TELL_S)

    async def _drain(self) -> None:
        self._healed = True
        for member in self._members:
            member.scene.heal()
        try:
            async with asyncio.timeout(self._settings.drain_s):
                for member in self._members:
                    await member.quiet()
                self._quiet = True
                await self._over.wait()
        except TimeoutError:
            _log.warning("fleet stopped before it was drained", packs=self._backlog)

    async def _empty(self) -> bool:
        self._backlog = await self._packs()
        known = all(member.known for member in self._members)
        self._drained = self._backlog == 0 and known and all(bad.settled for bad in self._mischief)
        return self._drained

    def _alone(self) -> bool:
        """Return whether whoever started this process is gone, and with it all that the fleet could drain into."""
        return os.getppid() != self._parent

    async def _packs(self) -> int:
        return sum([await member.app.backlog() for member in self._members])

    def _write(self, ledger: Ledger, *, draining: bool) -> None:
        if self._settings.status is None:
            return
        status.write(
            self._settings.status,
            FleetStatus(
                gateways=len(self._members),
                connected=sum(member.connected for member in self._members),
                sensors=sum(len(member.settings.sensor) for member in self._members),
                recorded=ledger.count,
                backlog=self._backlog,
                malformed=sum(mischief.dead_lettered for mischief in self._mischief),
                draining=draining,
                drained=self._drained,
                faults=tuple(self._wrong()),
            ),
        )

    def _wrong(self) -> Iterator[FaultNow]:
        for member in self._members:
            for fault in member.scene.now():
                yield FaultNow(fault.kind.value, "/".join(filter(None, (fault.gateway.site, fault.gateway.gateway, fault.sensor))))


def load(folder: Path) -> list[tuple[Path, Settings]]:
    """Return the gateways' files and what stands in them; ConfigError where there are none."""
    loaded = [(file, edge_settings.load(file)) for file in sorted(folder.glob("*.toml"))]
    if not loaded:
        raise ConfigError("simulators.no_gateways", folder=folder)
    return loaded
