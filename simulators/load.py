"""a rate → that many readings a second through one real edge app and its outbox, and how many of them ingest receipted."""

import asyncio
import os
from contextlib import nullcontext
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from edge import settings as edge_settings
from edge.app import App
from edge.intake import Account
from edge.settings import QuantitySettings, ReportSettings, SensorSettings, Settings
from simulators.ledger import SUFFIX, Ledger, Mark
from wardroom.clock import Clock
from wardroom.errors import BrokerGone
from wardroom.messages import Name
from wardroom.senml import Reading
from wardroom.topics import Gateway

_SAMPLES_PER_S: Final = 10
"""One simulated device is asked at most so often; more readings come from more devices."""
_LONGEST_S: Final = 86_400.0
_LOOK_S: Final = 0.05


class LoadSettings(Struct, frozen=True, kw_only=True):
    """What is asked for; `pack` readings are sampled together, `receipt_s` is how long the last receipts may take."""

    config: Path | None
    rate: float
    seconds: float
    pack: int
    ledgers: Path | None = None
    receipt_s: float = 60.0
    connect_s: float = 15.0


class LoadResult(Struct, frozen=True, kw_only=True):
    """What was reached; `open_packs` had no receipt in time and stay in the outbox."""

    readings: int
    seconds: float
    wanted: float
    open_packs: int
    settled_s: float

    def places(self) -> dict[str, object]:
        """Return the places of the sentence."""
        rate = self.readings / self.seconds if self.seconds else 0.0
        return {
            "readings": self.readings,
            "seconds": f"{self.seconds:.1f}",
            "rate": f"{rate:.0f}",
            "wanted": f"{self.wanted:.0f}",
            "open": self.open_packs,
            "settled": f"{self.settled_s:.2f}",
        }


class Load:
    """One run."""

    def __init__(self, settings: LoadSettings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._readings = 0
        self.result: LoadResult | None = None

    async def run(self) -> None:
        """Send, wait for the receipts, and keep the result."""
        loaded = await asyncio.to_thread(edge_settings.load, self._settings.config)
        with self._ledger() as ledger:

            def tap(gateway: Gateway, readings: tuple[Reading, ...]) -> None:
                self._readings += len(readings)
                if ledger is not None:
                    ledger.record(gateway, readings, mark=Mark.LIVE, session=1)

            app = App(loading(loaded, self._settings), clock=self._clock, account=Account(tap))
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(app.run(), name="load")
                self.result = await self._measured(app, loaded)
                running.cancel()

    async def _measured(self, app: App, loaded: Settings) -> LoadResult:
        try:
            async with asyncio.timeout(self._settings.connect_s):
                while not app.session_connected:  # noqa: ASYNC110 - the app has no event for it, and this is once
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError as error:
            raise BrokerGone("simulators.no_broker", host=loaded.broker.host, port=loaded.broker.port) from error
        started, before = self._clock.monotonic(), self._readings
        await asyncio.sleep(self._settings.seconds)
        await app.quiet()
        stopped = self._clock.monotonic()
        packs = await app.backlog()
        while packs and self._clock.monotonic() - stopped < self._settings.receipt_s:
            await asyncio.sleep(_LOOK_S)
            packs = await app.backlog()
        return LoadResult(
            readings=self._readings - before,
            seconds=stopped - started,
            wanted=self._settings.rate,
            open_packs=packs,
            settled_s=self._clock.monotonic() - stopped,
        )

    def _ledger(self) -> Ledger | nullcontext[None]:
        if self._settings.ledgers is None:
            return nullcontext()
        return Ledger(self._settings.ledgers / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{os.getpid()}{SUFFIX}")


def loading(loaded: Settings, wanted: LoadSettings) -> Settings:
    """Return the gateway with as many counting devices as the rate takes, and an outbox of its own."""
    devices = ceil(wanted.rate / (wanted.pack * _SAMPLES_PER_S))
    period_s = min(devices * wanted.pack / wanted.rate, _LONGEST_S)
    quantities = tuple(QuantitySettings(id=f"count-{number}", unit="count") for number in range(wanted.pack))
    sensors = tuple(
        SensorSettings(
            id=f"load-{number}",
            name=Name(f"Tải thử {number}", f"Load {number}"),
            driver="simulators.sources:Counting",
            period_s=period_s,
            report=ReportSettings(at_least_s=_LONGEST_S),
            quantities=quantities,
        )
        for number in range(devices)
    )
    return replace(loaded, sensor=sensors, edge=replace(loaded.edge, data=str(Path(loaded.edge.data) / "load")))
