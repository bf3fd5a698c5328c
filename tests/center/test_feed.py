import itertools
from datetime import UTC, datetime

import msgspec
import pytest

from center.directory import PATIENCE_S, Directory
from center.feed import Feed
from center.hub import Hub
from tests.center.factories import NOON_US, SetClock, series
from wardroom import messages, senml
from wardroom.bus import Incoming
from wardroom.live import LiveGateway, LiveReading
from wardroom.messages import (
    Birth,
    GatewayState,
    Health,
    Name,
    OutboxHealth,
    QuantityDescription,
    SensorDescription,
    SensorFault,
    SensorFaultData,
    SensorFaultReason,
    SiteDescription,
    SiteKind,
    Status,
)
from wardroom.topics import Gateway

PLACE = Gateway("vp-ubnd", "gw-1")
NOON = datetime.fromtimestamp(NOON_US / 1e6, UTC)
NAME = Name("Không khí sảnh", "Lobby air")


class Live:
    """A feed into a hub that knows one series, `air1/temperature` in Cel."""

    def __init__(self, *, recent: int = 100) -> None:
        self.clock = SetClock()
        self.hub = Hub("boot-1")
        self.directory = Directory()
        self.hub.describe(self.directory.add([series(1)]))
        self.feed = Feed(hub=self.hub, directory=self.directory, clock=self.clock, recent=recent)
        self._sequence = itertools.count()

    def take(self, topic: str, payload: bytes) -> None:
        self.feed.take(Incoming(topic=topic, payload=payload, qos=1, retain=False, duplicate=False, mid=1, generation=1))

    def read(self, *readings: senml.Reading, seq: int | None = None) -> None:
        number = next(self._sequence) if seq is None else seq
        self.take(PLACE.pack("readings", "b1", number), senml.encode(readings, NOON_US))

    def latest(self, number: int = 1) -> float | None:
        found = self.hub.latest(number)
        return None if found is None else found.value

    def gateway(self) -> LiveGateway:
        found = self.hub.gateway("vp-ubnd", "gw-1")
        assert found is not None
        return found

    def shown(self, number: int = 1) -> object:
        return self.hub._series.get(number)


def temperature(value: float, *, at_s: float = 0, sensor: str = "air1", unit: str = "Cel") -> senml.Reading:
    return senml.Reading(sensor, "temperature", unit, value, NOON_US + round(at_s * 1e6))


def birth(*sensors: SensorDescription) -> bytes:
    site = SiteDescription(Name("Trụ sở", "Office"), SiteKind.OFFICE)
    return messages.encode(Birth("b1", NOON, "wardroom", Name("Cổng chính", "Main"), site, sensors))


def described(sensor: str = "air1", period_s: float = 5.0) -> SensorDescription:
    return SensorDescription(sensor, NAME, (QuantityDescription("temperature", "Cel", period_s),))


def health(skew_s: float | None = None) -> bytes:
    return messages.encode(Health("b1", NOON, 5.0, OutboxHealth(3, 400, 1.0, 2, 1, 0), 1, 7, skew_s, 41.0))


def fault(number: int = 1) -> bytes:
    name = f"018f0000-0000-7000-8000-{number:012x}"
    data = SensorFaultData("air1", SensorFaultReason.STUCK)
    return messages.encode(SensorFault(id=name, source=PLACE.prefix, time=NOON, data=data))


def test_a_live_reading_becomes_the_latest_with_the_centers_time_of_receipt() -> None:
    live = Live()
    live.clock.advance(0.5)
    live.read(temperature(21.5))

    assert live.hub.latest(1) == LiveReading(1, NOON_US, NOON_US + 500_000, 21.5, 0)


@pytest.mark.parametrize(
    ("then", "latest"),
    [
        (temperature(2.0, at_s=1), 2.0),
        (temperature(2.0, at_s=0), 1.0),  # the same time: a repeat, or a conflict that ingest settles
        (temperature(2.0, at_s=-0.001), 1.0),  # late
        (temperature(2.0, at_s=1, unit="K"), 1.0),  # another unit is refused
        (temperature(2.0, at_s=1, sensor="air9"), 1.0),  # unknown: waits
    ],
)
def test_only_what_is_newer_and_of_the_series_unit_moves_the_latest(then: senml.Reading, latest: float) -> None:
    live = Live()
    live.read(temperature(1.0))
    live.read(then)

    assert live.latest() == latest


def test_a_pack_that_comes_again_is_dropped_whatever_is_in_it() -> None:
    live = Live()
    live.read(temperature(1.0), seq=7)
    live.read(temperature(2.0, at_s=1), seq=7)

    assert live.latest() == 1.0


def test_the_memory_of_packs_is_bounded_and_the_series_time_still_stops_a_repeat() -> None:
    live = Live(recent=2)
    for step in range(5):
        live.read(temperature(float(step), at_s=step), seq=step)
    live.read(temperature(9.0, at_s=4), seq=0)

    assert len(live.feed._recent) == 2
    assert live.latest() == 4.0


def test_a_pack_that_did_not_decode_may_come_again_right() -> None:
    live = Live()
    live.take(PLACE.pack("readings", "b1", 1), b"[]")
    live.read(temperature(3.0), seq=1)

    assert live.latest() == 3.0


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("ward/vp-ubnd/gw-1/readings/b1/1", b"\xff"),
        ("ward/vp-ubnd/gw-1/readings/b1/1", b""),
        ("ward/vp-ubnd/gw-1/events/b1/1", b"{}"),
        ("ward/vp-ubnd/gw-1/events/b1/1", fault().replace(b"gw-1", b"gw-2")),  # says it comes from elsewhere
        ("ward/vp-ubnd/gw-1/status", b"online"),
        ("ward/vp-ubnd/gw-1/birth", b"[[[["),
        ("ward/vp-ubnd/gw-1/health", b'{"boot":5}'),
        ("ward/vp-ubnd/gw-1/receipts", b"{}"),  # not ours to read
        ("ward/vp-ubnd/center/readings/b1/1", b"[]"),
        ("somewhere/else", b"x"),
        ("", b""),
    ],
)
def test_a_bad_message_changes_nothing_and_raises_nothing(topic: str, payload: bytes) -> None:
    live = Live()
    before = live.hub.seq

    live.take(topic, payload)

    assert live.hub.seq == before


def test_an_event_is_shown_once_with_its_flat_data() -> None:
    live = Live()
    live.take(PLACE.pack("events", "b1", 1), fault())
    live.take(PLACE.pack("events", "b1", 2), fault())

    (shown,) = live.hub._events
    assert (shown.type, shown.time_us, shown.seq) == ("vn.wardroom.sensor.fault.v1", NOON_US, live.hub.seq)
    assert shown.data == {"sensor": "air1", "reason": "stuck", "detail": ""}


def test_a_gateway_nobody_knew_appears_with_its_first_word() -> None:
    live = Live()
    live.take(PLACE.status, messages.encode(Status(GatewayState.ONLINE, "b1")))

    assert live.gateway() == LiveGateway("vp-ubnd", "gw-1", "gw-1", "gw-1", "online", NOON_US)
    assert live.hub.site("vp-ubnd") is not None


def test_the_state_is_since_it_changed_not_since_it_was_said_again() -> None:
    live = Live()
    live.take(PLACE.status, messages.encode(Status(GatewayState.ONLINE, "b1")))
    live.clock.advance(5)
    live.take(PLACE.status, messages.encode(Status(GatewayState.ONLINE, "b1")))
    assert live.gateway().state_since_us == NOON_US

    live.take(PLACE.status, messages.encode(Status(GatewayState.OFFLINE, "b1")))
    assert (live.gateway().state, live.gateway().state_since_us) == ("offline", NOON_US + 5_000_000)


def test_a_heartbeat_is_not_a_session_state() -> None:
    live = Live()
    live.take(PLACE.health, health(skew_s=0.25))

    found = live.gateway()
    assert (found.state, found.heartbeat_us, found.skew_s) == ("unknown", NOON_US, 0.25)
    assert (found.outbox_packs, found.outbox_bytes, found.dropped, found.quarantined) == (3, 400, 2, 1)
    assert (found.temperature_c, found.disk_free_bytes) == (41.0, 7)


def test_a_skew_no_receipt_told_is_measured_on_the_way() -> None:
    live = Live()
    live.clock.advance(-600)
    live.take(PLACE.health, health())

    assert live.gateway().skew_s == 600.0


def test_a_birth_names_site_gateway_and_sensors_over_what_the_database_says() -> None:
    live = Live()
    live.take(PLACE.birth, birth(described()))

    site = live.hub.site("vp-ubnd")
    assert site is not None
    assert (site.name_vi, site.kind) == ("Trụ sở", "office")
    assert live.gateway().name_vi == "Cổng chính"
    expected = msgspec.structs.replace(series(1), sensor_name_vi=NAME.vi, sensor_name_en=NAME.en, period_s=5.0)
    assert live.shown() == expected
    assert live.directory.add([series(1)]) == [expected]


def test_a_reading_waits_for_its_series_and_only_the_newest_of_it_is_kept() -> None:
    live = Live()
    for step, value in ((0, 1.0), (2, 3.0), (1, 2.0)):
        live.read(temperature(value, at_s=step, sensor="air2"))

    assert live.directory.wanted.is_set()
    assert live.directory.names() == [("vp-ubnd", "gw-1", "air2", "temperature")]
    live.directory.add([series(2)])
    assert [reading.value for reading in live.directory.settle(live.clock.monotonic())] == [3.0]
    assert live.directory.names() == []
    assert not live.directory.wanted.is_set()


def test_a_silent_sensor_of_a_birth_is_looked_for() -> None:
    live = Live()
    live.take(PLACE.birth, birth(described("air1"), described("air2")))

    assert live.directory.names() == [("vp-ubnd", "gw-1", "air2", "temperature")]
    live.directory.add([series(2)])
    assert live.directory.settle(live.clock.monotonic()) == []
    assert live.directory.names() == []


def test_who_waits_too_long_or_with_another_unit_is_forgotten() -> None:
    live = Live()
    live.read(temperature(1.0, sensor="air2", unit="K"), temperature(1.0, sensor="air3"))
    live.directory.add([series(2)])

    assert live.directory.settle(live.clock.monotonic()) == []
    assert [name[2] for name in live.directory.names()] == ["air3"]
    assert live.directory.settle(live.clock.monotonic() + PATIENCE_S) == []
    assert live.directory.names() == []


def test_waiting_names_are_bounded() -> None:
    live = Live()
    for number in range(6):
        live.read(*(temperature(1.0, sensor=f"s{number}-{index}") for index in range(1_000)))

    assert len(live.directory.names()) == 5_000
