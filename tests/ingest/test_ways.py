"""Whichever way a batch goes into the tables, they hold the same: what a ledger kept reading by reading says."""

from collections.abc import Sequence

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import rows
from ingest.batch import Message
from ingest.filing import Filing
from ingest.merge import Merged, merge
from tests.ingest.factories import NOW_US, Desk, S, pack, reading
from tests.ingest.ledger import Ledger
from wardroom.senml import Reading
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers

TABLES = "TRUNCATE site, gateway, sensor, series, reading, reading_misdated, latest, delivery, delivery_boot, event, dead_letter"
READINGS = """
SELECT gateway, sensor || '/' || quantity, (extract(epoch FROM time) * 1000000)::bigint,
    value, flags::int, (extract(epoch FROM received) * 1000000)::bigint FROM reading_all JOIN series ON id = series_id"""
LATEST = """
SELECT gateway, sensor || '/' || quantity, (extract(epoch FROM rank) * 1000000)::bigint, (extract(epoch FROM time) * 1000000)::bigint,
    value, flags::int, (extract(epoch FROM received) * 1000000)::bigint FROM latest JOIN series ON id = series_id"""
DELIVERIES = "SELECT gateway, boot, seq, (extract(epoch FROM received) * 1000000)::bigint, records, outcome FROM delivery"
COUNTED = "SELECT coalesce(sum(count), 0)::int FROM delivery_boot"
LETTERS = "SELECT topic, reason, payload FROM dead_letter"

GATEWAYS = (Gateway("site", "a"), Gateway("site", "b"))
instants = st.sampled_from([NOW_US - 90 * S, NOW_US - 1, NOW_US, NOW_US + 1, NOW_US + 2, NOW_US + 400 * S, 2**28 * S])  # two wrong clocks
readings = st.builds(
    reading,
    st.sampled_from([1.0, 1.0, 1.0, 2.0]),
    instants,
    st.sampled_from(["temperature", "humidity"]),
    st.sampled_from(["Cel", "Cel", "Cel", "K"]),
)
contents = st.lists(readings, min_size=1, max_size=6, unique_by=lambda one: (one.quantity, one.observed_us))


def packed(content: Sequence[Reading], seq: int, gateway: Gateway, late: int) -> Message:
    return pack(*content, seq=seq, gateway=gateway, received_us=NOW_US + late)


packs = st.builds(packed, contents, st.integers(0, 9), st.sampled_from(GATEWAYS), st.sampled_from([0, 0, 2, 100 * S]))


@st.composite
def journeys(draw: st.DrawFn) -> list[list[Message]]:
    """Batches of packs, some of them sent again, in any order."""
    sent = draw(st.lists(packs, min_size=1, max_size=12))
    again = draw(st.lists(st.sampled_from(sent), max_size=6))
    shuffled = draw(st.permutations(sent + again))
    cuts = sorted(draw(st.sets(st.integers(1, len(shuffled)), max_size=4)))
    return [batch for first, last in zip([0, *cuts], [*cuts, len(shuffled)], strict=True) if (batch := shuffled[first:last])]


async def settled(desk: Desk, batch: Sequence[Message]) -> Merged:
    """Store a batch as the writer does, and return what the transaction did."""
    connection, _ = await desk.session.ready()
    built = rows.build(batch, desk.series.shelf)
    if built.missing:
        found = await desk.series.find(connection, rows.wanted(batch))
        built = rows.build(batch, found.__getitem__)
    return await merge(connection, built, Filing())


def check(desk: Desk, ledger: Ledger) -> None:
    with psycopg.connect(desk.database.superuser) as connection:

        def found(query: str) -> set[tuple[object, ...]]:
            return set(connection.execute(query.encode()).fetchall())

        assert found(READINGS) == {(*key, *row) for key, row in ledger.readings.items()}
        assert found(LATEST) == {(*key, *row) for key, row in ledger.latest.items()}
        assert found(DELIVERIES) == {(*key, *row) for key, row in ledger.deliveries.items()}
        assert found(COUNTED) == {(len(ledger.deliveries),)}
        assert found(LETTERS) == ledger.letters


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(batches=journeys())
async def test_any_batches_leave_what_the_ledger_says(desk: Desk, batches: list[list[Message]]) -> None:
    desk.harm(TABLES)
    desk.series.clear()
    ledger = Ledger()
    for batch in batches:
        expected = ledger.store(batch)
        merged = await settled(desk, batch)
        assert list(merged.outcomes) == expected
    check(desk, ledger)


FIRST = pack(reading(1.0), reading(2.0, NOW_US + 1), seq=0)
NEXT = pack(reading(3.0, NOW_US + 2), seq=1)
REPEATED_UNDER_A_NEW_NUMBER = pack(reading(1.0), seq=2)
WAYS = SWIFT, CAREFUL = "swift", "careful"
CONFLICTING = pack(reading(9.0), reading(4.0, NOW_US + 3), seq=3)


@pytest.mark.parametrize(
    ("batch", "way", "inserted", "duplicates"),
    [
        ([NEXT], SWIFT, 1, 0),  # new: copied
        ([FIRST], SWIFT, 0, 2),  # a resend: merged, nothing of it is new
        ([FIRST, NEXT], SWIFT, 1, 2),  # both at once
        ([NEXT, NEXT], CAREFUL, 1, 1),  # twice in one batch
        ([NEXT, REPEATED_UNDER_A_NEW_NUMBER], CAREFUL, 1, 1),  # the copy fails
        ([CONFLICTING, NEXT], CAREFUL, 2, 0),  # likewise, and it is a conflict
        ([CONFLICTING, FIRST, NEXT], CAREFUL, 2, 2),
    ],
)
async def test_each_way_is_taken_where_it_should_be(
    desk: Desk,
    batch: list[Message],
    way: str,
    inserted: int,
    duplicates: int,
) -> None:
    ledger = Ledger()
    ledger.store([FIRST])
    await settled(desk, [FIRST])
    expected = ledger.store(batch)
    merged = await settled(desk, batch)
    assert (WAYS[merged.careful], merged.inserted, merged.duplicates, list(merged.outcomes)) == (way, inserted, duplicates, expected)
    check(desk, ledger)


async def test_what_another_gateway_filed_apart_holds_nobody_up(desk: Desk) -> None:
    two_days = 2 * 86_400 * S
    wrong = pack(*(reading(1.0, NOW_US + each * S) for each in range(5)), gateway=Gateway("site", "a"), received_us=NOW_US - two_days)
    await settled(desk, [wrong])
    assert desk.one("SELECT count(*) FROM reading_misdated") == 5
    right = pack(reading(2.0, NOW_US), reading(2.0, NOW_US + 4 * S), gateway=Gateway("site", "b"))
    assert not (await settled(desk, [right])).careful
    meeting = pack(reading(1.0, NOW_US + 4 * S), gateway=Gateway("site", "a"), seq=1)
    merged = await settled(desk, [meeting])
    assert (merged.careful, merged.inserted, merged.duplicates) == (True, 0, 1)


async def test_a_resend_that_brings_something_new_goes_before_what_follows_it(desk: Desk) -> None:
    changed = pack(reading(1.0), reading(5.0, NOW_US + 7), seq=0)  # not byte for byte the same: no gateway of ours does it
    contradicting = pack(reading(6.0, NOW_US + 7), seq=1)
    ledger = Ledger()
    first = pack(reading(1.0), seq=0)
    ledger.store([first])
    await settled(desk, [first])
    expected = ledger.store([changed, contradicting])
    merged = await settled(desk, [changed, contradicting])
    assert (merged.careful, list(merged.outcomes)) == (True, expected)
    check(desk, ledger)
