"""settings → the running agent: sensors → intake → outbox → uplink, one task group."""

import asyncio
from pathlib import Path
from typing import Final

import structlog

from edge.birth import birth
from edge.config_watch import changes
from edge.fault_book import BOOK_FILE, FaultBook
from edge.heartbeat import Heartbeat
from edge.intake import Account, Intake
from edge.outbox import Outbox
from edge.roster import Roster
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

    `config_file`: watched for changed sensors. `account` is told of every group of readings right before it is put.
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
        self._roster: Roster | None = None
        self._quiet = False

    @property
    def session_connected(self) -> bool:
        """Whether the broker is connected."""
        return self._uplink is not None and self._uplink.connected

    async def backlog(self) -> int:
        """Return how many packs ingest has not receipted yet."""
        return 0 if self._outbox is None else (await self._outbox.stats()).packs

    async def quiet(self) -> None:
        """Stop the sensors, or do not start them; what was measured goes on its way, and so does what there is to tell of losses."""
        self._quiet = True
        if self._roster is not None:
            await self._roster.apply(())
        if self._intake is not None:
            await self._intake.tell()

    async def run(self) -> None:
        """Run until cancelled; then say "stopped" and leave nothing that was measured unwritten."""
        try:
            await self._run()
        finally:
            self._outbox = self._intake = self._roster = self._uplink = None

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
                self._roster = roster = Roster(tasks, clock=self._clock, sink=intake, standing=book.standing)

                def reborn() -> Outgoing:
                    return birth(edge, roster.sensors, boot=outbox.boot, now_us=self._clock.now_us())

                uplink = Uplink(edge, self._settings.broker, outbox=outbox, clock=self._clock, birth=reborn, tell=intake.event)
                self._uplink = uplink
                await intake.only({sensor.id for sensor in self._settings.sensor})
                await roster.apply(() if self._quiet else self._settings.sensor)
                tasks.create_task(outbox.watched(), name="outbox")
                tasks.create_task(uplink.run(), name="uplink")
                tasks.create_task(intake.tell_losses(), name="losses")
                tasks.create_task(Heartbeat(edge, outbox=outbox, uplink=uplink, clock=self._clock).run(), name="heartbeat")
                if self._settings.listen is not None:
                    tasks.create_task(health.serve(self._settings.listen, lambda: trouble(outbox)), name="health")
                if self._config_file is not None:
                    tasks.create_task(self._follow(self._config_file, roster, uplink, intake), name="configuration")

    async def _follow(self, file: Path, roster: Roster, uplink: Uplink, intake: Intake) -> None:
        """Apply changed sensors; the other sections need a restart."""
        async for settings in changes(file, self._settings):
            if (settings.broker, settings.edge, settings.listen) != (self._settings.broker, self._settings.edge, self._settings.listen):
                _log.warning("only changed sensors are applied; the other sections need a restart", file=str(file))
            try:
                changed = await roster.apply(() if self._quiet else settings.sensor)
            except ConfigError as error:
                _log.error("changed sensors are not used; the old ones stay", detail=str(error))
                continue
            await intake.only({sensor.id for sensor in settings.sensor})
            if changed:
                uplink.reborn()


def trouble(outbox: Outbox) -> str | None:
    """Return why the agent is not well; a broker that is away is no reason: the outbox is for that."""
    return "the outbox cannot write" if outbox.failing else None
