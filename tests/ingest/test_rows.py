"""The rows of a transaction, before any database."""

import struct

import pytest

from ingest.batch import Message
from ingest.packed import HEADER, TRAILER, staging
from ingest.rows import Rows, build, instant, storable_json, wanted
from ingest.series import Shelf
from tests.ingest.factories import GATEWAY, NOW_US, S, birth, pack, reading, status
from wardroom.flags import Flag
from wardroom.messages import GatewayState, QuantityDescription, Status
from wardroom.senml import LAST_US

Y2000 = 946_684_800 * S
SHELF = Shelf()
SHELF.put("air1/temperature", 7, "Cel")
SHELF.put("air1/humidity", 8, "%RH")


def made(*batch: Message, shelf: Shelf = SHELF) -> Rows:
    return build(batch, lambda _gateway: shelf)


def copied(rows: Rows) -> list[tuple[object, ...]]:
    """Return (series, time, value, flags, received) of every row of the COPY, times in microseconds since 1970."""
    assert rows.load is not None
    data = rows.load.copy
    assert data.startswith(HEADER)
    assert data.endswith(TRAILER)
    found = list(struct.iter_unpack(">hiiiqidihiq", data[len(HEADER) : -len(TRAILER)]))
    assert all(row[:2] + row[3:4] + row[5:6] + row[7:8] + row[9:10] == (5, 4, 8, 8, 2, 8) for row in found)
    return [(row[2], row[4] + Y2000, row[6], row[8], row[10] + Y2000) for row in found]


def test_a_reading_is_one_binary_row() -> None:
    assert copied(made(pack(reading(1.5, NOW_US - 61 * S)))) == [(7, NOW_US - 61 * S, 1.5, Flag.STALE, NOW_US)]


def test_rows_are_copied_in_the_order_of_series_and_time() -> None:
    rows = made(
        pack(reading(1.0, NOW_US + 5), reading(2.0, NOW_US, quantity="humidity", unit="%RH")),
        pack(reading(3.0, NOW_US + 3), reading(4.0, NOW_US + 4), seq=1),
    )
    assert [(row[0], row[2]) for row in copied(rows)] == [(7, 3.0), (7, 4.0), (7, 1.0), (8, 2.0)]
    assert rows.span_us == (NOW_US, NOW_US + 5)


def test_flags_are_each_readings_own() -> None:
    rows = made(pack(reading(1.0, NOW_US - 61 * S), reading(2.0, NOW_US), reading(3.0, NOW_US + 301 * S), reading(4.0, NOW_US - 60 * S)))
    assert [(row[2], row[3]) for row in copied(rows)] == [(1.0, Flag.STALE), (4.0, 0), (2.0, 0), (3.0, Flag.CLOCK_AHEAD)]


def test_a_staged_row_begins_with_its_message() -> None:
    (delivery,) = made(pack(reading(1.5))).deliveries
    assert delivery.packed is not None
    data = staging([(9, delivery.packed)])
    fields = struct.unpack(">hiiiiiqidihiq", data[len(HEADER) : -len(TRAILER)])
    assert fields == (6, 4, 9, 4, 7, 8, NOW_US - Y2000, 8, 1.5, 2, 0, 8, NOW_US - Y2000)


@pytest.mark.parametrize(
    ("observed", "received", "newest"),
    [
        ([(0, 1.0), (2, 3.0), (1, 2.0)], [9], (2, 2, 3.0)),  # out of order in one pack
        ([(0, 1.0)], [9, 9], (0, 0, 1.0)),  # twice the same
        ([(-1_000_000_000_000_000, 1.0), (0, 2.0)], [9], (0, 0, 2.0)),  # one before 2000, when PostgreSQL counts backwards
        ([(5, 1.0), (7, 2.0)], [3], (3, 7, 2.0)),  # both ahead: ranked by when they came, then by their clock
    ],
)
def test_the_newest_of_a_series_is_what_may_become_latest(
    observed: list[tuple[int, float]], received: list[int], newest: tuple[int, int, float]
) -> None:
    packs = [pack(*(reading(value, NOW_US + at) for at, value in observed), received_us=NOW_US + came) for came in received]
    load = made(*packs).load
    assert load is not None
    ((rank, time, value, _, _),) = load.newest.values()
    assert (rank - NOW_US, time - NOW_US, value) == newest


def test_a_clock_ahead_does_not_hide_what_came_later() -> None:
    ahead, later = pack(reading(9.0, NOW_US + 3_600 * S), received_us=NOW_US), pack(reading(1.0, NOW_US + 1), received_us=NOW_US + 1, seq=1)
    for batch in ((ahead, later), (later, ahead)):
        load = made(*batch).load
        assert load is not None
        assert [value for _, _, value, _, _ in load.newest.values()] == [1.0]


def test_a_changed_unit_is_refused_and_the_rest_of_the_pack_is_stored() -> None:
    message = pack(reading(1.0), reading(2.0, unit="K", at_us=NOW_US + 1), reading(3.0, quantity="humidity", unit="%RH"))
    rows = made(message)
    assert len(copied(rows)) == 2
    assert [letter.reason for letter in rows.letters] == ["ingest.changed_unit"]
    assert rows.letters[0].payload == message.envelope.payload
    assert "air1/temperature is measured in 'Cel', not 'K'" in rows.letters[0].detail
    assert rows.deliveries[0].dead


def test_what_has_no_series_is_refused_and_the_rest_of_the_pack_is_stored() -> None:
    rows = made(pack(reading(1.0), reading(2.0, quantity="new", at_us=NOW_US + 1), reading(3.0, quantity="newer")))
    assert len(copied(rows)) == 1
    assert [letter.reason for letter in rows.letters] == ["ingest.too_many_series"]
    assert "gateway vp-test/gw-1 has as many series as it may, so air1/new is not made (2 such in this message)" in rows.letters[0].detail
    assert rows.deliveries[0].dead
    assert rows.missing


def test_a_message_may_be_refused_for_two_reasons() -> None:
    rows = made(pack(reading(1.0, unit="K"), reading(2.0, quantity="new", at_us=NOW_US + 1)))
    assert [letter.reason for letter in rows.letters] == ["ingest.changed_unit", "ingest.too_many_series"]


def test_a_birth_describes_only_sensors_with_a_series() -> None:
    rows = made(birth(), shelf=Shelf())
    (report,) = rows.reports.values()
    assert (report.sensors, report.periods) == ({}, {})
    assert [letter.reason for letter in rows.letters] == ["ingest.too_many_series"]


def test_the_first_unit_in_a_batch_is_the_one_wanted() -> None:
    assert wanted([pack(reading(unit="Cel")), pack(reading(unit="K"))]) == {GATEWAY: {"air1/temperature": "Cel"}}


def test_a_birth_wants_its_series_too() -> None:
    assert wanted([birth()]) == {GATEWAY: {"air1/temperature": "Cel"}}


def test_a_birth_with_another_unit_describes_only_the_others() -> None:
    message = birth(QuantityDescription("temperature", "K", 60.0), QuantityDescription("humidity", "%RH", 30.0))
    rows = made(message)
    (report,) = rows.reports.values()
    assert report.periods == {8: 30.0}
    assert [letter.reason for letter in rows.letters] == ["ingest.changed_unit"]


def test_of_several_reports_of_a_kind_the_last_is_written() -> None:
    rows = made(status(GatewayState.OFFLINE), status(GatewayState.ONLINE))
    (report,) = rows.reports.values()
    assert report.report == Status(GatewayState.ONLINE, "b1")


@pytest.mark.parametrize("us", [0, 1, NOW_US + 1, LAST_US - 1])
def test_instants_are_exact_to_the_microsecond(us: int) -> None:
    found = instant(us)
    assert (found - instant(0)).days * 86_400 * S + (found - instant(0)).seconds * S + (found - instant(0)).microseconds == us


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (rb'"plain"', '"plain"'),
        (rb'"a\u0000b"', '"a\\ufffdb"'),
        (rb'"\u0000\u0000"', '"\\ufffd\\ufffd"'),
        (rb'"\\u0000"', '"\\\\u0000"'),  # a backslash and a text, no NUL
        (rb'"\\\u0000"', '"\\\\\\ufffd"'),  # a backslash, then a NUL
    ],
)
def test_an_escaped_nul_becomes_the_replacement_character(given: bytes, kept: str) -> None:
    assert storable_json(given) == kept
