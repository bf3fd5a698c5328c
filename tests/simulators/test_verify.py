import os
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from ingest.migrate import upgrade
from simulators.ledger import Ledger, Mark
from simulators.spill import Record
from simulators.verify import Finding, Outcome, compare, merged
from tests.servers.databases import TestDatabase
from wardroom.errors import StorageGone
from wardroom.senml import Reading
from wardroom.topics import Gateway

NAMES = {1: "a/b/c/d"}
T0 = 1_790_000_000_000_000


def outcome(recorded: list[Record], stored: list[tuple[int, int, float]]) -> Outcome:
    return merged(iter(recorded), iter(stored), NAMES)


@pytest.mark.parametrize(
    ("recorded", "stored", "counts"),  # counts: generated, committed, missing, duplicated, altered, in doubt
    [
        ([], [], (0, 0, 0, 0, 0, 0)),
        ([Record(1, 5, 1.5, False)], [(1, 5, 1.5)], (1, 1, 0, 0, 0, 0)),  # as it should be
        ([Record(1, 5, 1.5, False)], [], (1, 0, 1, 0, 0, 0)),  # lost
        ([], [(1, 5, 1.5)], (0, 0, 0, 1, 0, 0)),  # nobody measured it
        ([Record(1, 5, 1.5, False)], [(1, 5, 1.25)], (1, 0, 0, 0, 1, 0)),  # another value
        ([Record(1, 5, 1.5, False)], [(1, 4, 1.5), (1, 5, 1.5), (1, 6, 1.5)], (1, 1, 0, 2, 0, 0)),  # unknown before and after
        ([Record(1, 5, 1.5, True)], [], (0, 0, 0, 0, 0, 1)),  # in flight when the fleet was killed: absent
        ([Record(1, 5, 1.5, True)], [(1, 5, 1.5)], (1, 1, 0, 0, 0, 0)),  # the same: present
        ([Record(1, 5, 1.5, True)], [(1, 5, 2.5)], (0, 0, 0, 1, 0, 1)),  # the same: neither
        ([Record(1, 5, 1.5, False), Record(1, 5, 1.5, True)], [], (1, 0, 1, 0, 0, 0)),  # recorded twice, once for certain
        ([Record(1, 5, 1.5, False), Record(1, 5, 2.5, False)], [(1, 5, 2.5)], (2, 1, 1, 0, 0, 0)),  # a conflict: one of them is missing
        ([Record(1, 5, 1.5, False), Record(1, 5, 1.5, False, lost=True)], [], (0, 0, 0, 0, 0, 0)),  # lost by the gateway's own count
        ([Record(1, 5, 1.5, False), Record(1, 5, 1.5, False, lost=True)], [(1, 5, 1.5)], (1, 1, 0, 0, 0, 0)),  # it came all the same
        ([Record(1, 5, 1.5, False), Record(1, 5, 1.5, False, lost=True)], [(1, 5, 2.5)], (0, 0, 0, 1, 0, 0)),  # something else came
    ],
)
def test_what_is_found(recorded: list[Record], stored: list[tuple[int, int, float]], counts: tuple[int, ...]) -> None:
    found = outcome(recorded, stored)

    assert (found.generated, found.committed, found.missing, found.duplicated, found.altered, found.in_doubt) == counts
    assert found.right == (not any(counts[2:5]))


def test_a_finding_says_where_and_what() -> None:
    assert outcome([Record(1, 5, 1.5, False)], [(1, 5, 1.25)]).examples == [Finding("a/b/c/d", 5, 1.5, 1.25)]
    assert len(outcome([Record(1, time_us, 1.5, False) for time_us in range(50)], []).examples) == 5


GATEWAY = Gateway("tdp-01", "gw-1")
OTHER = Gateway("nha-toi", "gw-1")


def readings(first: int, number: int, sensor: str = "air") -> list[Reading]:
    return [Reading(sensor, "temperature", "Cel", index / 7, T0 + index * 1_000_001) for index in range(first, first + number)]


def record(folder: Path, name: str, packs: list[list[Reading]], *, killed: bool = False, apart_ns: int = 2 * 10**8) -> None:
    """Write a ledger whose packs are 200 ms apart, or as said; a killed one lacks its last cell."""
    ticks = count(10**9, apart_ns)
    with Ledger(folder / name, monotonic_ns=lambda: next(ticks)) as ledger:
        for pack in packs:
            ledger.record(GATEWAY, pack, mark=Mark.LIVE, session=1)
    if killed:
        os.truncate(folder / name, (folder / name).stat().st_size - 32)


class Rows:
    """The database's side, written by hand."""

    def __init__(self, conninfo: str) -> None:
        self._connection = psycopg.connect(conninfo, autocommit=True)

    def close(self) -> None:
        self._connection.close()

    def store(self, gateway: Gateway, some: list[Reading]) -> None:
        for one in some:
            series = self._connection.execute(
                """INSERT INTO series (site, gateway, sensor, quantity, unit) VALUES (%s, %s, %s, %s, %s)
                   ON CONFLICT (site, gateway, sensor, quantity) DO UPDATE SET unit = excluded.unit RETURNING id""",
                (gateway.site, gateway.gateway, one.sensor, one.quantity, one.unit),
            ).fetchone()
            assert series is not None
            self._connection.execute(
                "INSERT INTO reading VALUES (%s, 'epoch'::timestamptz + %s * interval '1 microsecond', %s, 0, now())",
                (series[0], one.observed_us, one.value),
            )

    def execute(self, query: str) -> None:
        self._connection.execute(query.encode())


@pytest.fixture
async def rows(database: TestDatabase) -> AsyncIterator[Rows]:
    await upgrade(database.owner.conninfo())
    made = Rows(database.owner.conninfo())
    made.execute(f"SELECT make_reading_partition(to_timestamp({readings(0, 1)[0].observed_us / 1e6}))")
    yield made
    made.close()


@pytest.mark.servers
class TestOnADatabase:
    def test_all_is_well(self, rows: Rows, database: TestDatabase, tmp_path: Path) -> None:
        record(tmp_path, "1.ledger", [readings(0, 10), readings(10, 10, "water")])
        record(tmp_path, "2.ledger", [readings(20, 10)])
        rows.store(GATEWAY, readings(0, 10) + readings(10, 10, "water") + readings(20, 10))
        rows.store(OTHER, readings(5, 3))  # a gateway of somebody's own

        found = compare(tmp_path, database.ingest.conninfo())

        assert found.right
        assert (found.generated, found.committed) == (30, 30)

    def test_a_missing_an_altered_and_an_unknown_row_are_each_found(self, rows: Rows, database: TestDatabase, tmp_path: Path) -> None:
        record(tmp_path, "1.ledger", [readings(0, 30)])
        stored = readings(0, 30)
        rows.store(GATEWAY, stored[:7] + stored[8:])
        rows.execute("UPDATE reading SET value = value + 0.001 WHERE value = 2")
        rows.execute("INSERT INTO reading SELECT series_id, time + interval '1 microsecond', value, 0, now() FROM reading WHERE value = 3")

        found = compare(tmp_path, database.ingest.conninfo())

        assert (found.generated, found.committed, found.missing, found.altered, found.duplicated) == (30, 28, 1, 1, 1)
        assert {(finding.recorded, finding.stored) for finding in found.examples} == {
            (1.0, None),
            (2.0, 2.001),
            (None, 8 / 7),
        } or found.examples

    def test_a_whole_series_nobody_recorded_is_unknown(self, rows: Rows, database: TestDatabase, tmp_path: Path) -> None:
        record(tmp_path, "1.ledger", [readings(0, 30)])
        rows.store(GATEWAY, readings(0, 30) + readings(3, 4, "ghost"))

        assert compare(tmp_path, database.ingest.conninfo()).duplicated == 4

    def test_a_whole_series_that_never_came_is_missing(self, rows: Rows, database: TestDatabase, tmp_path: Path) -> None:
        record(tmp_path, "1.ledger", [readings(0, 5), readings(5, 5, "water")])
        rows.store(GATEWAY, readings(0, 5))

        found = compare(tmp_path, database.ingest.conninfo())

        assert (found.missing, found.examples[0].series) == (5, "tdp-01/gw-1/water/temperature")

    def test_only_the_last_pack_of_a_killed_fleet_is_in_doubt(self, rows: Rows, database: TestDatabase, tmp_path: Path) -> None:
        record(tmp_path, "1.ledger", [readings(0, 3), readings(3, 3), readings(6, 2)], killed=True)
        rows.store(GATEWAY, readings(0, 5))

        found = compare(tmp_path, database.ingest.conninfo())

        assert (found.missing, found.in_doubt, found.generated) == (1, 2, 6)

    def test_of_a_killed_fleet_with_one_device_a_gateway_only_the_very_last_put_is_in_doubt(
        self, rows: Rows, database: TestDatabase, tmp_path: Path
    ) -> None:
        record(tmp_path, "1.ledger", [readings(0, 3), readings(3, 3), readings(6, 2)], killed=True, apart_ns=10**7)
        rows.store(GATEWAY, readings(0, 5))

        found = compare(tmp_path, database.ingest.conninfo(), one_at_a_time=True)
        usual = compare(tmp_path, database.ingest.conninfo())

        assert (found.missing, found.in_doubt) == (1, 2)
        assert (usual.missing, usual.in_doubt) == (0, 3)

    def test_what_the_fleet_says_it_lost_is_not_missing(self, rows: Rows, database: TestDatabase, tmp_path: Path) -> None:
        with Ledger(tmp_path / "1.ledger") as ledger:
            ledger.record(GATEWAY, readings(0, 5), mark=Mark.LIVE, session=1)
            ledger.record(GATEWAY, readings(3, 2), mark=Mark.LOST, session=1)
        rows.store(GATEWAY, readings(0, 3))

        found = compare(tmp_path, database.ingest.conninfo())

        assert (found.right, found.generated, found.lost) == (True, 3, 2)

    def test_what_a_living_fleet_has_just_recorded_is_in_doubt(self, rows: Rows, database: TestDatabase, tmp_path: Path) -> None:
        rows.store(GATEWAY, readings(0, 2))
        with Ledger(tmp_path / "1.ledger") as ledger:
            ledger.record(GATEWAY, readings(0, 5), mark=Mark.LIVE, session=1)

            found = compare(tmp_path, database.ingest.conninfo())

        assert found.right
        assert (found.committed, found.in_doubt) == (2, 3)

    def test_dead_letters_are_counted(self, rows: Rows, database: TestDatabase, tmp_path: Path) -> None:
        record(tmp_path, "1.ledger", [])
        rows.execute("INSERT INTO dead_letter (received, topic, reason, detail, payload, digest) VALUES (now(), 't', 'r', 'd', 'p', 'x')")

        assert compare(tmp_path, database.ingest.conninfo()).dead_lettered == 1


def test_no_database_is_one_clear_error(tmp_path: Path) -> None:
    record(tmp_path, "1.ledger", [])
    with pytest.raises(StorageGone, match="the database does not answer"):
        compare(tmp_path, "host=127.0.0.1 port=1 dbname=x connect_timeout=2")
