"""one gateway of the fleet → the real edge app with its scene, its line and the ledger: every reading is recorded before it is put."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from msgspec.structs import replace

from edge.app import App
from edge.intake import Account
from edge.settings import Settings
from simulators.ledger import Ledger, Mark
from simulators.line import Line
from simulators.scenarios import SCENE, Kind, Scene
from wardroom.clock import Clock
from wardroom.errors import ConfigError
from wardroom.senml import Reading
from wardroom.topics import Gateway

SETTLE_S: Final = 5.0
"""So long after its session began a gateway's readings are not taken for live: backlog flows, and others find back to the broker too."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Where readings are recorded, and how long a new session's are not taken for live."""

    ledger: Ledger
    settle_s: float = SETTLE_S


class Member:
    """One gateway; `line` only where a fault of the scenario needs one."""

    def __init__(self, settings: Settings, *, file: Path | None, scene: Scene, line: Line | None, recording: Recording) -> None:
        if line is not None:
            settings = replace(settings, broker=replace(settings.broker, host="127.0.0.1", port=line.port))
        self.settings = settings
        self.scene = scene
        self.app = App(settings, clock=scene, config_file=file, account=Account(self._tap, self._lost))
        self._line = line
        self._recording = recording
        self._clock: Clock = scene
        self._hurry = asyncio.Event()
        self._connected = False
        self._session = 0
        self._since = 0.0

    @property
    def gateway(self) -> Gateway:
        """Which gateway it is."""
        return self.app.gateway

    @property
    def connected(self) -> bool:
        """Whether its session is up."""
        return self.app.session_connected

    @property
    def known(self) -> bool:
        """Whether it ever had a session: only then is its backlog known, and on its way."""
        return self._session > 0

    async def run(self, failed: Callable[[Gateway], None], *, after_s: float = 0.0) -> None:
        """Run until cancelled, from `after_s` on or when it must drain; a gateway whose file is wrong stays down, the others run."""
        SCENE.set(self.scene)
        with suppress(TimeoutError):
            async with asyncio.timeout(after_s):
                await self._hurry.wait()
        try:
            await self.app.run()
        except* ConfigError as group:
            for error in group.exceptions:
                _log.error("gateway stays down", gateway=self.gateway.prefix, detail=str(error))
            failed(self.gateway)

    async def quiet(self) -> None:
        """Measure no more; what was measured goes on its way."""
        self._hurry.set()
        await self.app.quiet()

    def look(self) -> None:
        """Keep count of its sessions, and do to its line what the scenario wants."""
        if self.connected and not self._connected:
            self._session += 1
            self._since = self._clock.monotonic()
        self._connected = self.connected
        if self._line is not None:
            self._line.set(cut=self.scene.has(Kind.DROP_OFF), held=self.scene.has(Kind.LATE))

    def _tap(self, gateway: Gateway, readings: tuple[Reading, ...]) -> None:
        settled = self._connected and self.connected and self._clock.monotonic() - self._since > self._recording.settle_s
        live = settled and (self._line is None or self._line.well)
        self._recording.ledger.record(gateway, readings, mark=Mark.LIVE if live else Mark(0), session=self._session)

    def _lost(self, gateway: Gateway, readings: tuple[Reading, ...]) -> None:
        self._recording.ledger.record(gateway, readings, mark=Mark.LOST, session=self._session)
