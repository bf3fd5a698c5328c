"""[checkin] → what a gateway with gates runs beside its outbox: list and gallery from the center, decisions, best shots, the gates' screen.

Loaded by name, and only where the settings have it: a gateway without gates imports none of this.
"""

import asyncio
from pathlib import Path
from typing import Final

import structlog

from edge import gauges
from edge.center_link import CenterLink
from edge.center_sync import CenterSync
from edge.checkin_settings import SCREEN, CheckInSettings
from edge.evidence_spool import EvidenceSpool
from edge.evidence_upload import EvidenceUpload
from edge.gate import Gate
from edge.gate_log import Changes, GateLog
from edge.gate_screen import GateScreen
from edge.gate_serving import GateServing
from edge.gates_loading import Keep
from edge.intake import Intake
from edge.sealing import Sealing, gate_key
from wardroom.clock import Clock
from wardroom.errors import StorageError
from wardroom.gate_list import GateList
from wardroom.messages import EventData
from wardroom.sight_events import CodeReadData, FaceRecognizedData, FaceUnknownData
from wardroom.topics import Gateway

SPOOL: Final = "evidence"
LOG_FILE: Final = "gates.db"

_log = structlog.get_logger()


class CheckIn:
    """A gateway's gates. Raises ConfigError for settings that cannot be used. `data`: the gateway's folder."""

    def __init__(self, asked: CheckInSettings, *, gateway: Gateway, data: Path, clock: Clock, intake: Intake) -> None:
        key = gate_key(asked.key)
        link = CenterLink(asked)
        self._labels = gauges.of(gateway)
        self._spool = EvidenceSpool(
            data / SPOOL,
            Sealing(key, "best shots"),
            gateway=gateway,
            limit_bytes=asked.evidence_bytes,
            limit_count=asked.evidence_count,
        )
        self._keeping = asked.evidence
        self._upload = EvidenceUpload(self._spool, link, gateway=gateway)
        self._sync = CenterSync(link, data, key, every_s=asked.every_s, follow=self._follow)
        self._log = GateLog(data / LOG_FILE)
        self._logging = asyncio.Lock()
        self._gate = Gate()
        self._screen = None if asked.screen_port is None else GateScreen(asked, clock=clock)
        self._gateway = gateway
        self._clock = clock
        self._intake = intake

    @property
    def keep(self) -> Keep | None:
        """Return what keeps a best shot, None where none are wanted."""
        return self._spool.put if self._keeping else None

    @property
    def sensors(self) -> frozenset[str]:
        """Return the name under which the screen's faults are told, where there is a screen."""
        return frozenset() if self._screen is None else frozenset({SCREEN})

    async def open(self) -> None:
        """Take up what is here from before; raises StorageError where the folder cannot be used."""
        await asyncio.to_thread(self._spool.open)
        self._gate = Gate(await asyncio.to_thread(self._log.read), await asyncio.to_thread(self._log.greeted))
        listed = await asyncio.to_thread(self._sync.kept)
        if listed.version:  # a list that is lost or does not open says of nobody that they are expected no more
            await self._follow(listed)

    async def run(self) -> None:
        """Follow the center, send best shots and serve the screen, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sync.run(), name="center")
            tasks.create_task(self._upload.run(), name="best shots")
            if self._screen is not None:
                tasks.create_task(self._serving(self._screen).run(), name="gates' screen")

    def _serving(self, screen: GateScreen) -> GateServing:
        standing = self._intake.book.standing(SCREEN)
        return GateServing(screen, gateway=self._gateway, clock=self._clock, tell=self._intake.event, standing=standing)

    async def seen(self, data: EventData) -> None:
        """Decide on what a camera saw: first the greeting, then the note of it."""
        if not isinstance(data, FaceRecognizedData | FaceUnknownData | CodeReadData):
            return
        outcome = self._gate.seen(data)
        if outcome.decision is not None:
            decision = outcome.decision
            gauges.GATE_DECISIONS.labels(*self._labels, decision.result.value).inc()
            if decision.greeting is not None and self._screen is not None:
                self._screen.greet(decision.greeting)
        await self._note(outcome.changes)

    async def _follow(self, listed: GateList) -> None:
        changes = self._gate.follow(listed)
        if self._screen is not None:
            self._screen.follow(listed)
        await self._note(changes)

    async def _note(self, changes: Changes) -> None:
        if not changes:
            return
        async with self._logging:
            try:
                await asyncio.to_thread(self._log.change, changes)
            except StorageError as error:
                _log.error("a passage is not noted; after a restart it is not remembered here", detail=str(error))
