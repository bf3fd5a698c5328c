"""Names to ids: made once, remembered within a bound."""

import pytest

from ingest.database import connected
from ingest.series import Name, Series, SeriesCache
from ingest.settings import Ingest
from tests.ingest.factories import NOW_US, Desk, birth, pack, reading
from tests.servers.databases import TestDatabase
from wardroom.messages import Outcome, QuantityDescription


def name(number: int) -> Name:
    return Name("site", "gw", "air", f"q{number}")


def test_the_least_recently_used_series_is_forgotten_first() -> None:
    cache = SeriesCache(bound=3)
    for number in range(3):
        cache.put(name(number), Series(number, "Cel"))
    cache.get(name(0))
    cache.put(name(3), Series(3, "Cel"))
    assert cache.get(name(1)) is None
    assert [cache.get(name(number)) is not None for number in (0, 2, 3)] == [True, True, True]
    assert len(cache) == 3


@pytest.mark.servers
async def test_series_are_made_once_and_found_again_by_another_process(spine: TestDatabase) -> None:
    wanted = {name(number): "Cel" for number in range(5)}
    async with connected(spine.ingest.conninfo(), program="test", statement_timeout_s=5) as connection:
        first = await SeriesCache().find(connection, wanted)
        second = await SeriesCache(bound=2).find(connection, wanted | {name(9): "K"})
    assert first == {each: second[each] for each in wanted}
    assert second[name(9)].unit == "K"
    assert len({series.id for series in second.values()}) == 6
    assert max(series.id for series in second.values()) == 6  # no id was used up by looking


@pytest.mark.servers
async def test_places_nobody_described_are_named_by_their_ids(spine: TestDatabase) -> None:
    async with connected(spine.ingest.conninfo(), program="test", statement_timeout_s=5) as connection:
        await SeriesCache().find(connection, {name(1): "Cel"})
        places = "SELECT site.name_vi, gateway.name_vi, gateway.state, sensor.name_vi FROM site, gateway, sensor"
        cursor = await connection.execute(places.encode())
        assert await cursor.fetchall() == [("site", "gw", "unknown", "air")]


@pytest.mark.servers
async def test_a_gateway_has_no_more_series_than_its_limit_and_others_theirs(spine: TestDatabase) -> None:
    other = Name("site", "gw-2", "air", "q0")
    async with connected(spine.ingest.conninfo(), program="test", statement_timeout_s=5) as connection:
        cache = SeriesCache(per_gateway=3)
        first = await cache.find(connection, {name(0): "Cel", name(1): "Cel"})
        second = await cache.find(connection, {name(number): "Cel" for number in (9, 8, 0)} | {other: "Cel"})
        third = await cache.find(connection, {name(7): "Cel", name(1): "Cel"})
        fourth = await cache.find(connection, {name(7): "Cel", name(1): "Cel"})
        again = await SeriesCache(per_gateway=3).find(connection, {name(number): "Cel" for number in (7, 8, 9)})
        more = await SeriesCache(per_gateway=4).find(connection, {name(7): "Cel"})
        cursor = await connection.execute(b"SELECT quantity FROM series WHERE gateway = 'gw' ORDER BY id")
        kept = [quantity for (quantity,) in await cursor.fetchall()]
        places = await connection.execute(b"SELECT count(*) FROM sensor")
        assert await places.fetchone() == (2,)
    assert set(first) == {name(0), name(1)}
    assert set(second) == {name(0), name(9), other}
    assert set(third) == set(fourth) == {name(1)}
    assert set(again) == {name(9)}
    assert set(more) == {name(7)}
    assert kept == ["q0", "q1", "q9", "q7"]


@pytest.mark.servers
async def test_what_a_full_gateway_says_anew_is_a_dead_letter_and_the_rest_is_stored(plain_spine: TestDatabase) -> None:
    desk = Desk(plain_spine, Ingest(series_per_gateway=1))
    try:
        await desk.store(pack(reading(1.0)))
        mixed = pack(reading(2.0, NOW_US + 1), reading(3.0, sensor="made-up"), seq=1)
        assert await desk.store(mixed) == {("b1", 1): Outcome.DEAD_LETTERED}
        assert desk.rows("SELECT value FROM reading ORDER BY time") == [(1.0,), (2.0,)]
        assert desk.rows("SELECT reason, payload FROM dead_letter") == [("ingest.too_many_series", mixed.envelope.payload)]
        await desk.store(birth(QuantityDescription("temperature", "Cel", 60.0), QuantityDescription("humidity", "%RH", 60.0)))
        assert desk.rows("SELECT id, name_vi FROM sensor") == [("air1", "Không khí sảnh")]
        assert desk.rows("SELECT quantity, period_s FROM series") == [("temperature", 60.0)]
    finally:
        await desk.session.close()
