"""The rows of a transaction, before any database."""

import struct

import pytest

from ingest.rows import HEADER, TRAILER, build, instant, storable_json, wanted
from ingest.series import Name, Series
from tests.ingest.factories import NOW_US, S, birth, pack, reading, status
from wardroom.flags import Flag
from wardroom.messages import GatewayState, QuantityDescription, Status
from wardroom.senml import LAST_US

TEMPERATURE = Name("vp-test", "gw-1", "air1", "temperature")
HUMIDITY = Name("vp-test", "gw-1", "air1", "humidity")
SERIES = {TEMPERATURE: Series(7, "Cel"), HUMIDITY: Series(8, "%RH")}


def test_a_reading_is_one_binary_row() -> None:
    rows = build([pack(reading(1.5, NOW_US - 61 * S))], SERIES)
    assert rows.staged == 1
    assert rows.copy.startswith(HEADER)
    assert rows.copy.endswith(TRAILER)
    fields = struct.unpack(">hiiiiiqidihiq", rows.copy[len(HEADER) : -len(TRAILER)])
    y2000 = 946_684_800 * S
    assert fields == (6, 4, 0, 4, 7, 8, NOW_US - 61 * S - y2000, 8, 1.5, 2, Flag.STALE, 8, NOW_US - y2000)


def test_a_changed_unit_is_refused_and_the_rest_of_the_pack_is_stored() -> None:
    message = pack(reading(1.0), reading(2.0, unit="K", at_us=NOW_US + 1), reading(3.0, quantity="humidity", unit="%RH"))
    rows = build([message], SERIES)
    assert rows.staged == 2
    assert [letter.reason for letter in rows.letters] == ["ingest.changed_unit"]
    assert rows.letters[0].payload == message.envelope.payload
    assert "air1/temperature is measured in 'Cel', not 'K'" in rows.letters[0].detail
    assert rows.deliveries[0].dead


def test_what_has_no_series_is_refused_and_the_rest_of_the_pack_is_stored() -> None:
    rows = build([pack(reading(1.0), reading(2.0, quantity="new", at_us=NOW_US + 1), reading(3.0, quantity="newer"))], SERIES)
    assert rows.staged == 1
    assert [letter.reason for letter in rows.letters] == ["ingest.too_many_series"]
    assert "gateway vp-test/gw-1 has as many series as it may, so air1/new is not made (2 such in this message)" in rows.letters[0].detail
    assert rows.deliveries[0].dead


def test_a_message_may_be_refused_for_two_reasons() -> None:
    rows = build([pack(reading(1.0, unit="K"), reading(2.0, quantity="new", at_us=NOW_US + 1))], SERIES)
    assert [letter.reason for letter in rows.letters] == ["ingest.changed_unit", "ingest.too_many_series"]


def test_a_birth_describes_only_sensors_with_a_series() -> None:
    rows = build([birth()], {})
    (report,) = rows.reports.values()
    assert (report.sensors, report.periods) == ({}, {})
    assert [letter.reason for letter in rows.letters] == ["ingest.too_many_series"]


def test_the_first_unit_in_a_batch_is_the_one_wanted() -> None:
    assert wanted([pack(reading(unit="Cel")), pack(reading(unit="K"))]) == {TEMPERATURE: "Cel"}


def test_a_birth_wants_its_series_too() -> None:
    assert wanted([birth()]) == {TEMPERATURE: "Cel"}


def test_a_birth_with_another_unit_describes_only_the_others() -> None:
    message = birth(QuantityDescription("temperature", "K", 60.0), QuantityDescription("humidity", "%RH", 30.0))
    rows = build([message], SERIES)
    (report,) = rows.reports.values()
    assert report.periods == {8: 30.0}
    assert [letter.reason for letter in rows.letters] == ["ingest.changed_unit"]


def test_of_several_reports_of_a_kind_the_last_is_written() -> None:
    rows = build([status(GatewayState.OFFLINE), status(GatewayState.ONLINE)], {})
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
