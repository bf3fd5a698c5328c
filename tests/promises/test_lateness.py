"""Late is not wrong: readings from 0 s to 48 h late, shuffled, some of them twice.

A late one never changes the latest, and always reaches history and the rollups. The same instant again with the same value is a duplicate
and counted; with another value it is a conflict: the first stays, the pack is a dead letter.
"""

from random import Random

import pytest
from prometheus_client import REGISTRY

from ingest.batch import Message
from tests.ingest.factories import GATEWAY, NOW_US, Desk, pack, reading
from tests.promises import ledger
from tests.promises.ledger import DAY_US, Ledger, S
from tests.promises.scale import FULL, SEED, note
from tests.promises.store import everywhere, query
from wardroom import senml
from wardroom.messages import Outcome

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 120)]

SENSORS, PER_SENSOR = (20, 5_000) if FULL else (4, 1_000)
EVERY_US = 60 * S
BATCH = 20
VIEWS = {"reading_1m": 60 * S, "reading_1h": 3_600 * S, "reading_1d": DAY_US}


def late(random: Random) -> int:
    """Return how late a reading comes: half of them at once, the others up to two days."""
    return random.choice(
        (0, random.randrange(90 * S), random.randrange(3_600 * S), random.randrange(2 * DAY_US)) if random.random() < 0.5 else (0,)
    )


def packs(random: Random, kept: Ledger) -> list[Message]:
    """Return packs in the order they are received; each gets there with its latest reading."""
    sent = [
        (at_us + late(random), at_us, f"s{sensor}")
        for sensor in range(SENSORS)
        for at_us in range(NOW_US, NOW_US + PER_SENSOR * EVERY_US, EVERY_US)
    ]
    sent += random.sample(sent, len(sent) // 50)  # some come twice
    sent.sort()
    made: list[Message] = []
    while sent:
        count = random.randrange(1, 20)
        now, sent = sent[:count], sent[count:]
        received_us = now[-1][0] + 1
        random.shuffle(now)
        readings = [reading(value(at_us), at_us, sensor=sensor) for _, at_us, sensor in now]
        for one in readings:
            kept.receive((GATEWAY.gateway, one.sensor, one.quantity), one.observed_us, one.value, received_us)
        made.append(pack(*readings, seq=len(made), received_us=received_us))
    return made


def value(at_us: int) -> float:
    return float(at_us // EVERY_US % 97)


async def test_late_readings_reach_history_and_rollups_and_never_the_latest(desk: Desk) -> None:
    kept, duplicates = Ledger(), counted()
    arriving = Ledger()
    made = packs(Random(SEED), kept)
    for first in range(0, len(made), BATCH):
        batch = made[first : first + BATCH]
        assert set((await desk.store(*batch)).values()) == {Outcome.STORED}
        for message in batch:
            for one in senml.decode(message.envelope.payload).readings:
                key = (GATEWAY.gateway, one.sensor, one.quantity)
                arriving.receive(key, one.observed_us, one.value, message.envelope.received_us)
        assert ledger.latest(desk.database, GATEWAY.site) == arriving.latest()
    assert ledger.rows(desk.database, GATEWAY.site) == kept.rows()
    assert counted() - duplicates == kept.duplicates > 0
    assert desk.one("SELECT count(*) FROM dead_letter") == 0
    stale = f"SELECT count(*) FROM {everywhere(desk.database)} WHERE (flags & 4 <> 0) <> (received - time > INTERVAL '60 seconds')"
    assert query(desk.database, stale) == [(0,)]
    for view, width_us in VIEWS.items():
        assert ledger.rollup(desk.database, GATEWAY.site, view) == kept.rollup(width_us), view
    note("lateness", database=desk.database.kind, readings=len(kept.rows()), packs=len(made), duplicates=kept.duplicates)


def counted() -> float:
    return REGISTRY.get_sample_value("wardroom_ingest_duplicates_total") or 0.0


async def test_the_same_instant_twice_is_a_duplicate_or_a_conflict(desk: Desk) -> None:
    before = counted()
    both = (reading(21.5), reading(40.0, quantity="humidity", unit="%RH"))
    other = (reading(22.5), reading(40.0, quantity="humidity", unit="%RH"), reading(1.0, NOW_US + 1))
    settled = await desk.store(pack(*both, seq=0), pack(*both, seq=1), pack(*other, seq=2))
    settled |= await desk.store(pack(*other, seq=3, received_us=NOW_US + S))
    dead = Outcome.DEAD_LETTERED
    assert settled == {("b1", 0): Outcome.STORED, ("b1", 1): Outcome.STORED, ("b1", 2): dead, ("b1", 3): dead}
    name, humid = (GATEWAY.gateway, "air1", "temperature"), (GATEWAY.gateway, "air1", "humidity")
    assert ledger.rows(desk.database, GATEWAY.site) == {(name, NOW_US, 21.5), (humid, NOW_US, 40.0), (name, NOW_US + 1, 1.0)}
    assert ledger.latest(desk.database, GATEWAY.site) == {name: (NOW_US + 1, 1.0), humid: (NOW_US, 40.0)}
    assert counted() - before == 2 + 1 + 2  # both again; the humidity again; that and the third once more
    letters = desk.rows("SELECT reason, detail FROM dead_letter ORDER BY id")
    assert [reason for reason, _ in letters] == ["ingest.conflict", "ingest.conflict"]
    assert all("22.5" in str(detail) and "21.5" in str(detail) for _, detail in letters)
