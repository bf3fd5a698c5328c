"""settings → the running agent: sensors and cameras → intake → outbox → uplink, one task group."""

import asyncio
from pathlib import Path
from typing import Final

import structlog

from edge import gates_loading
from edge.birth import birth
from edge.config_watch import changes
from edge.fault_book import BOOK_FILE, FaultBook
from edge.gates_loading import Gates
from edge.heartbeat import Heartbeat
from edge.intake import Account, Intake
from edge.outbox import Outbox
from edge.rosters import Rosters
from edge.settings import Settings
from edge.uplink import Uplink
from edge.wire_clock import WireClock
from wardroom import health
from wardroom.bus import Outgoing
from wardroom.clock import Clock
from wardroom.errors import ConfigError
from wardroom.topics import Gateway

OUTBOX_FILE: Final = "outbox.db"

_log = structlog.get_logger()


class App:
    """One gateway's agent.

    `config_file`: watched for changed sensors and cameras. `account` is told of every group of readings right before it is put.
    """

    def __init__(self, settings: Settings, *, clock: Clock, config_file: Path | None = None, account: Account | None = None) -> None:
        self.gateway = Gateway(settings.edge.site, settings.edge.gateway)
        self._settings = settings
        self._clock = WireClock(clock)
        self._config_file = config_file
        self._account = account
        self._uplink: Uplink | None = None
        self._outbox: Outbox | None = None
        self._intake: Intake | None = None
        self._rosters: Rosters | None = None
        self._quiet = False

    @property
    def session_connected(self) -> bool:
        """Whether the broker is connected."""
        return self._uplink is not None and self._uplink.connected

    async def backlog(self) -> int:
        """Return how many packs ingest has not receipted yet."""
        return 0 if self._outbox is None else (await self._outbox.stats()).packs

    async def quiet(self) -> None:
        """Stop sensors and cameras, or do not start them; what was measured goes on its way, and so does what there is to tell."""
        self._quiet = True
        if self._rosters is not None:
            await self._rosters.stop()
        if self._intake is not None:
            await self._intake.tell()

    async def run(self) -> None:
        """Run until cancelled; then say "stopped" and leave nothing that was measured unwritten."""
        try:
            await self._run()
        finally:
            self._outbox = self._intake = self._rosters = self._uplink = None

    async def _run(self) -> None:
        edge = self._settings.edge
        file = Path(edge.data) / OUTBOX_FILE
        async with Outbox(file=file, gateway=self.gateway, limit_bytes=edge.outbox_bytes, clock=self._clock) as outbox:
            self._outbox = outbox
            book = FaultBook(Path(edge.data) / BOOK_FILE)
            self._intake = intake = Intake(
                outbox,
                gateway=self.gateway,
                clock=self._clock,
                connected=lambda: self.session_connected,
                book=book,
                account=self._account,
            )
            async with asyncio.TaskGroup() as tasks:
                gates = await self._gates(tasks, intake)
                rosters = Rosters(tasks, gateway=self.gateway, clock=self._clock, intake=intake, data=Path(edge.data), gates=gates)
                self._rosters = rosters

                def reborn() -> Outgoing:
                    return birth(edge, rosters.sensors, boot=outbox.boot, now_us=self._clock.now_us())

                uplink = Uplink(edge, self._settings.broker, outbox=outbox, clock=self._clock, birth=reborn, tell=intake.event)
                self._uplink = uplink
                await rosters.only(self._settings.sensor, self._settings.camera)
                if not self._quiet:
                    await rosters.apply(self._settings.sensor, self._settings.camera)
                tasks.create_task(outbox.watched(), name="outbox")
                tasks.create_task(uplink.run(), name="uplink")
                tasks.create_task(intake.tell_losses(), name="losses")
                tasks.create_task(Heartbeat(edge, outbox=outbox, uplink=uplink, clock=self._clock).run(), name="heartbeat")
                if self._settings.listen is not None:
                    tasks.create_task(health.serve(self._settings.listen, lambda: trouble(outbox)), name="health")
                if self._config_file is not None:
                    tasks.create_task(self._follow(self._config_file, rosters, uplink), name="configuration")

    async def _gates(self, tasks: asyncio.TaskGroup, intake: Intake) -> Gates | None:
        """Return the gateway's gates, running; None where it has none."""
        if self._settings.checkin is None:
            return None
        data = Path(self._settings.edge.data)
        gates = gates_loading.made(self._settings.checkin, gateway=self.gateway, data=data, clock=self._clock, intake=intake)
        await gates.open()
        tasks.create_task(gates.run(), name="gates")
        return gates

    async def _follow(self, file: Path, rosters: Rosters, uplink: Uplink) -> None:
        """Apply changed sensors and cameras; the other sections need a restart."""
        async for settings in changes(file, self._settings):
            if _rest(settings) != _rest(self._settings):
                _log.warning("only changed sensors and cameras are applied; the other sections need a restart", file=str(file))
            if self._quiet:
                continue
            before = rosters.sensors
            try:
                await rosters.apply(settings.sensor, settings.camera)
            except ConfigError as error:
                _log.error("changed sensors or cameras are not used; the old ones stay", detail=str(error))
            else:
                await rosters.only(settings.sensor, settings.camera)
            if rosters.sensors != before:
                uplink.reborn()


def _rest(settings: Settings) -> object:
    return settings.broker, settings.edge, settings.listen, settings.checkin


def trouble(outbox: Outbox) -> str | None:
    """Return why the agent is not well; a broker that is away is no reason: the outbox is for that."""
    return "the outbox cannot write" if outbox.failing else None
