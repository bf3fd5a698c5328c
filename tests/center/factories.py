"""Things of the center's tests with defaults that do not matter."""

from wardroom.live import LiveEvent, LiveGateway, LiveReading, LiveSeries, LiveSite

MINUTE_US = 60_000_000
NOON_US = 1_800_000_000_000_000 // MINUTE_US * MINUTE_US


class SetClock:
    """A clock that stands where a test puts it."""

    def __init__(self, now_us: int = NOON_US) -> None:
        self.us = now_us
        self.seconds = 1_000.0

    def now_us(self) -> int:
        return self.us

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.us += round(seconds * 1e6)
        self.seconds += seconds


def site(name: str = "vp-ubnd", **changed: str) -> LiveSite:
    return LiveSite(**({"id": name, "name_vi": "Trụ sở", "name_en": "Office", "kind": "office"} | changed))


def gateway(name: str = "gw-1", *, state: str = "online", heartbeat_us: int | None = None) -> LiveGateway:
    return LiveGateway("vp-ubnd", name, "Cổng", "Gateway", state, NOON_US, heartbeat_us)


def series(number: int = 1, *, quantity: str = "temperature", unit: str = "Cel") -> LiveSeries:
    return LiveSeries(number, "vp-ubnd", "gw-1", f"air{number}", "Không khí", "Air", quantity, unit, 60.0)


def reading(number: int = 1, *, at_us: int = NOON_US, value: float = 20.0, received_us: int | None = None) -> LiveReading:
    return LiveReading(number, at_us, at_us + 1_000 if received_us is None else received_us, value, 0)


def event(number: int = 1) -> LiveEvent:
    name = f"018f0000-0000-7000-8000-{number:012x}"
    return LiveEvent(0, "vp-ubnd", "gw-1", name, "vn.wardroom.sensor.fault.v1", NOON_US, NOON_US, False, None, {"sensor": "air1"})
