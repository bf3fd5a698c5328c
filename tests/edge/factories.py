"""Settings, readings and a clock, each with defaults."""

from pathlib import Path
from typing import Any

import msgspec

from edge.settings import Edge, SensorSettings, Settings
from wardroom.messages import Name, SiteDescription, SiteKind
from wardroom.senml import Reading
from wardroom.settings import Broker, Secret
from wardroom.topics import Gateway

GATEWAY = Gateway("vp-test", "gw-1")
NOW_US = 1_780_000_000_000_000


class SetClock:
    """A clock that says what it was told."""

    def __init__(self, now_us: int = NOW_US, monotonic: float = 0.0) -> None:
        self.us = now_us
        self.seconds = monotonic

    def now_us(self) -> int:
        return self.us

    def monotonic(self) -> float:
        return self.seconds


def reading(value: float = 21.5, *, sensor: str = "air1", quantity: str = "temperature", observed_us: int = NOW_US) -> Reading:
    return Reading(sensor, quantity, "Cel", value, observed_us)


def sensor(**changed: Any) -> SensorSettings:
    given: dict[str, Any] = {
        "id": "air1",
        "name": {"vi": "Không khí", "en": "Air"},
        "driver": "tests.edge.drivers:Scripted",
        "period_s": 0.02,
        "report": {"at_least_s": 0.02},
        "quantities": [{"id": "temperature", "unit": "Cel"}],
    }
    return msgspec.convert(given | changed, SensorSettings)


def edge(folder: Path, **changed: Any) -> Edge:
    given: dict[str, Any] = {
        "site": GATEWAY.site,
        "gateway": GATEWAY.gateway,
        "data": str(folder),
        "name": Name("Cổng 1", "Gateway 1"),
        "site_description": SiteDescription(Name("Trụ sở", "Office"), SiteKind.OFFICE),
    }
    return Edge(**(given | changed))


def settings(folder: Path, *, broker: Broker | None = None, sensors: tuple[SensorSettings, ...] = (), **changed: Any) -> Settings:
    nowhere = Broker(port=1, username="nobody", password=Secret("nothing"))
    return Settings(broker=broker or nowhere, edge=edge(folder, **changed), sensor=sensors)
