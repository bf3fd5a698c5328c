"""What one transaction leaves in the tables, on both databases: stored once, nothing overwritten, latest never backwards."""

from datetime import timedelta

import pytest

from ingest.rows import instant
from tests.ingest.factories import GATEWAY, NOW_US, Desk, S, event, fault, message, pack, reading
from wardroom.flags import Flag
from wardroom.messages import Outcome

pytestmark = pytest.mark.servers

STORED, ALREADY, DEAD = Outcome.STORED, Outcome.ALREADY, Outcome.DEAD_LETTERED
LATEST = "SELECT value, time FROM latest"


async def test_a_reading_is_stored_with_its_three_times(desk: Desk) -> None:
    assert await desk.store(pack(reading(21.5, NOW_US - 5), received_us=NOW_US)) == {("b1", 0): STORED}
    now = instant(NOW_US)
    assert desk.rows("SELECT time, value, flags, received FROM reading") == [(now - timedelta(microseconds=5), 21.5, 0, now)]
    assert desk.rows("SELECT sent, received, records, outcome, kind FROM delivery") == [(now, now, 1, "stored", "readings")]
    assert desk.rows("SELECT site, gateway, sensor, quantity, unit, period_s FROM series") == [
        ("vp-test", "gw-1", "air1", "temperature", "Cel", None)
    ]


async def test_a_redelivered_pack_is_stored_once_and_receipted_again(desk: Desk) -> None:
    first = pack(reading(1.0), reading(2.0, NOW_US + 1))
    await desk.store(first)
    assert await desk.store(pack(reading(1.0), reading(2.0, NOW_US + 1), received_us=NOW_US + S)) == {("b1", 0): ALREADY}
    assert desk.rows("SELECT count(*), max(received) FROM reading") == [(2, instant(NOW_US))]
    assert desk.one("SELECT count(*) FROM delivery") == 1
    assert desk.one("SELECT count(*) FROM dead_letter") == 0


async def test_a_pack_twice_in_one_batch_is_stored_once(desk: Desk) -> None:
    assert await desk.store(pack(), pack()) == {("b1", 0): STORED}
    assert desk.rows("SELECT count(*) FROM reading") == [(1,)]
    assert desk.one("SELECT count(*) FROM dead_letter") == 0


async def test_the_same_microsecond_twice_with_one_value_is_one_reading(desk: Desk) -> None:
    assert await desk.store(pack(reading(5.0), reading(5.0))) == {("b1", 0): STORED}
    assert desk.rows("SELECT value FROM reading") == [(5.0,)]


async def test_the_same_microsecond_twice_with_two_values_is_a_conflict(desk: Desk) -> None:
    assert await desk.store(pack(reading(5.0), reading(6.0), reading(7.0, NOW_US + 1))) == {("b1", 0): DEAD}
    assert desk.rows("SELECT value FROM reading ORDER BY time") == [(5.0,), (7.0,)]
    assert desk.one("SELECT reason FROM dead_letter") == "ingest.conflict"


async def test_a_conflict_keeps_the_first_value_and_the_message(desk: Desk) -> None:
    await desk.store(pack(reading(5.0), seq=0))
    conflicting = pack(reading(6.0), reading(6.5, NOW_US + 1), seq=1)
    assert await desk.store(conflicting, pack(reading(9.0, NOW_US + 2), seq=2)) == {("b1", 1): DEAD, ("b1", 2): STORED}
    assert desk.rows("SELECT value FROM reading ORDER BY time") == [(5.0,), (6.5,), (9.0,)]
    ((reason, detail, payload, site, gateway),) = desk.rows("SELECT reason, detail, payload, site, gateway FROM dead_letter")
    assert (reason, payload, site, gateway) == ("ingest.conflict", conflicting.envelope.payload, "vp-test", "gw-1")
    assert "air1/temperature at 2027-01-15T08:00:00+00:00 is stored as 5.0, not 6.0 (1 such" in str(detail)


async def test_a_redelivered_conflict_is_one_dead_letter(desk: Desk) -> None:
    await desk.store(pack(reading(5.0), seq=0))
    for _ in range(2):
        assert await desk.store(pack(reading(6.0), seq=1)) == {("b1", 1): DEAD}
    assert desk.one("SELECT count(*) FROM dead_letter") == 1


async def test_zero_and_minus_zero_are_one_value(desk: Desk) -> None:
    await desk.store(pack(reading(0.0)))
    assert await desk.store(pack(reading(-0.0))) == {("b1", 0): ALREADY}


async def test_an_older_reading_goes_to_history_and_latest_stays(desk: Desk) -> None:
    await desk.store(pack(reading(2.0, NOW_US), seq=0))
    await desk.store(pack(reading(1.0, NOW_US - 30 * S), seq=1, received_us=NOW_US + S))
    assert desk.one("SELECT count(*) FROM reading") == 2
    assert desk.rows(LATEST) == [(2.0, instant(NOW_US))]


async def test_out_of_order_in_one_batch_the_newest_is_latest(desk: Desk) -> None:
    await desk.store(pack(reading(3.0, NOW_US)), pack(reading(1.0, NOW_US - 2 * S), seq=1), pack(reading(2.0, NOW_US - S), seq=2))
    assert desk.rows(LATEST) == [(3.0, instant(NOW_US))]


async def test_latest_is_fed_only_from_rows_really_inserted(desk: Desk) -> None:
    ahead = NOW_US + 600 * S  # a clock ahead: its rank is the time of its receipt, so a repeat would rank higher
    await desk.store(pack(reading(1.0, ahead), seq=0))
    await desk.store(pack(reading(2.0, NOW_US + 5 * S), seq=1, received_us=NOW_US + 5 * S))
    before = desk.rows("SELECT * FROM latest")
    await desk.store(pack(reading(1.0, ahead), seq=0, received_us=NOW_US + 60 * S))
    await desk.store(pack(reading(7.0, ahead), seq=2, received_us=NOW_US + 60 * S))
    assert desk.rows("SELECT * FROM latest") == before
    assert desk.rows(LATEST) == [(2.0, instant(NOW_US + 5 * S))]


async def test_a_clock_ten_minutes_ahead_and_then_corrected_hides_nothing(desk: Desk) -> None:
    await desk.store(pack(reading(1.0, NOW_US + 600 * S), seq=0, received_us=NOW_US))
    assert desk.rows(LATEST) == [(1.0, instant(NOW_US + 600 * S))]
    await desk.store(pack(reading(2.0, NOW_US + 5 * S), seq=1, received_us=NOW_US + 5 * S))
    assert desk.rows(LATEST) == [(2.0, instant(NOW_US + 5 * S))]
    assert desk.rows("SELECT value, flags FROM reading ORDER BY time") == [(2.0, 0), (1.0, Flag.CLOCK_AHEAD)]


async def test_a_clock_twenty_years_back_is_kept_and_flagged(desk: Desk) -> None:
    past = NOW_US - 20 * 365 * 86_400 * S
    assert await desk.store(pack(reading(1.0, past)), pack(reading(2.0), seq=1)) == {("b1", 0): STORED, ("b1", 1): STORED}
    assert desk.rows("SELECT time, flags FROM reading_misdated") == [(instant(past), Flag.CLOCK_UNSET | Flag.STALE)]
    assert desk.rows(LATEST) == [(2.0, instant(NOW_US))]


async def test_the_ends_of_time_can_be_stored(desk: Desk) -> None:
    first, last = 2**28 * S, 253_402_300_799 * S
    assert await desk.store(pack(reading(1.0, first), reading(2.0, last))) == {("b1", 0): STORED}
    assert desk.rows("SELECT extract(epoch FROM min(time))::bigint, extract(epoch FROM max(time))::bigint FROM reading_misdated") == [
        (2**28, 253_402_300_799)
    ]


async def test_a_changed_unit_is_a_dead_letter_and_the_series_keeps_its_own(desk: Desk) -> None:
    await desk.store(pack(reading(20.0, unit="Cel"), seq=0))
    changed = pack(reading(293.0, NOW_US + 1, unit="K"), reading(40.0, quantity="humidity", unit="%RH"), seq=1)
    assert await desk.store(changed) == {("b1", 1): DEAD}
    assert desk.rows("SELECT quantity, unit FROM series ORDER BY id") == [("temperature", "Cel"), ("humidity", "%RH")]
    assert desk.rows("SELECT value FROM reading ORDER BY series_id") == [(20.0,), (40.0,)]
    assert desk.rows("SELECT reason, payload FROM dead_letter") == [("ingest.changed_unit", changed.envelope.payload)]


async def test_an_undecodable_message_is_kept_and_receipted_where_its_topic_told_the_sequence(desk: Desk) -> None:
    rubbish = message(GATEWAY.pack("readings", "b1", 4), b"\x00\xff{")
    nowhere = message("ward/vp-test/gw-1/readings/b1/x\0y", b"\x00")
    assert await desk.store(rubbish, nowhere) == {("b1", 4): DEAD}
    assert desk.rows("SELECT reason, payload, gateway FROM dead_letter ORDER BY id") in (
        [("wire.not_json", b"\x00\xff{", "gw-1"), ("wire.bad_topic", b"\x00", None)],
        [("wire.bad_topic", b"\x00", None), ("wire.not_json", b"\x00\xff{", "gw-1")],
    )
    assert desk.rows("SELECT seq, records, outcome FROM delivery") == [(4, 0, "dead_lettered")]


async def test_an_event_is_stored_once_by_source_and_id(desk: Desk) -> None:
    happened = fault(detail="the same value for an hour")
    assert await desk.store(event(happened, 0)) == {("b1", 0): STORED}
    assert await desk.store(event(happened, 0)) == {("b1", 0): ALREADY}
    assert await desk.store(event(happened, 1)) == {("b1", 1): STORED}  # sent anew: another delivery of the same event
    assert desk.rows("SELECT source, type, subject, data->>'reason', offline, kind FROM event, delivery WHERE delivery.seq = 0") == [
        ("ward/vp-test/gw-1", "vn.wardroom.sensor.fault.v1", "air1", "stuck", False, "events")
    ]


async def test_an_event_with_the_id_of_another_is_a_dead_letter(desk: Desk) -> None:
    happened = fault(detail="first")
    other = fault(detail="second", number=happened.id)
    assert await desk.store(event(happened, 0), event(other, 1)) == {("b1", 0): STORED, ("b1", 1): DEAD}
    assert desk.rows("SELECT data->>'detail' FROM event") == [("first",)]
    assert desk.rows("SELECT reason, payload FROM dead_letter") == [("ingest.event_conflict", event(other, 1).envelope.payload)]


@pytest.mark.parametrize("detail", ["a\0b", "a\u202eb", "a\nb"])
async def test_a_text_nobody_can_read_is_a_dead_letter(desk: Desk, detail: str) -> None:
    bad = event(fault(detail=detail))
    assert await desk.store(bad) == {("b1", 0): DEAD}
    assert desk.rows("SELECT reason, payload FROM dead_letter") == [("wire.bad_event", bad.envelope.payload)]
    assert desk.one("SELECT count(*) FROM event") == 0
