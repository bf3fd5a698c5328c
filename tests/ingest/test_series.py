"""Names to ids: made once, remembered within a bound."""

import pytest

from ingest.database import connected
from ingest.series import SeriesCache
from ingest.settings import Ingest
from tests.ingest.factories import NOW_US, Desk, birth, pack, reading
from tests.servers.databases import TestDatabase
from wardroom.messages import Outcome, QuantityDescription
from wardroom.topics import Gateway

GATEWAY = Gateway("site", "gw")


def names(*numbers: int, unit: str = "Cel") -> dict[str, str]:
    return {f"air/q{number}": unit for number in numbers}


@pytest.mark.servers
async def test_the_series_of_the_least_recently_used_gateway_are_forgotten_first(plain_spine: TestDatabase) -> None:
    places = [Gateway("site", f"gw-{number}") for number in range(3)]
    async with connected(plain_spine.ingest.conninfo(), program="test", statement_timeout_s=5) as connection:
        cache = SeriesCache(bound=4)
        await cache.find(connection, {places[0]: names(1, 2)})
        await cache.find(connection, {places[1]: names(1, 2)})
        cache.shelf(places[0])
        found = await cache.find(connection, {places[2]: names(1, 2)})
        assert [len(cache.shelf(place).ids) for place in places] == [2, 0, 2]
        assert len(cache) == 4
        all_at_once = await cache.find(connection, {place: names(1, 2, 3) for place in places})
    assert [len(all_at_once[place].ids) for place in places] == [3, 3, 3]  # a batch finds all of its own, whatever is remembered
    assert all_at_once[places[2]].ids.items() >= found[places[2]].ids.items()
    assert len(cache) <= 4


@pytest.mark.servers
async def test_series_are_made_once_and_found_again_by_another_process(spine: TestDatabase) -> None:
    async with connected(spine.ingest.conninfo(), program="test", statement_timeout_s=5) as connection:
        first = (await SeriesCache().find(connection, {GATEWAY: names(*range(5))}))[GATEWAY]
        second = (await SeriesCache(bound=2).find(connection, {GATEWAY: names(*range(5)) | names(9, unit="K")}))[GATEWAY]
    assert first.ids.items() <= second.ids.items()
    assert second.units["air/q9"] == "K"
    assert len(set(second.ids.values())) == 6
    assert max(second.ids.values()) == 6  # no id was used up by looking


@pytest.mark.servers
async def test_places_nobody_described_are_named_by_their_ids(spine: TestDatabase) -> None:
    async with connected(spine.ingest.conninfo(), program="test", statement_timeout_s=5) as connection:
        await SeriesCache().find(connection, {GATEWAY: names(1)})
        places = "SELECT site.name_vi, gateway.name_vi, gateway.state, sensor.name_vi FROM site, gateway, sensor"
        cursor = await connection.execute(places.encode())
        assert await cursor.fetchall() == [("site", "gw", "unknown", "air")]


@pytest.mark.servers
async def test_a_gateway_has_no_more_series_than_its_limit_and_others_theirs(spine: TestDatabase) -> None:
    other = Gateway("site", "gw-2")
    async with connected(spine.ingest.conninfo(), program="test", statement_timeout_s=5) as connection:
        cache = SeriesCache(per_gateway=3)
        first = set((await cache.find(connection, {GATEWAY: names(0, 1)}))[GATEWAY].ids)
        second = await cache.find(connection, {GATEWAY: names(9, 8, 0), other: names(0)})
        third = await cache.find(connection, {GATEWAY: names(7, 1)})
        again = await SeriesCache(per_gateway=3).find(connection, {GATEWAY: names(7, 8, 9)})
        more = await SeriesCache(per_gateway=4).find(connection, {GATEWAY: names(7)})
        cursor = await connection.execute(b"SELECT quantity FROM series WHERE gateway = 'gw' ORDER BY id")
        kept = [quantity for (quantity,) in await cursor.fetchall()]
        places = await connection.execute(b"SELECT count(*) FROM sensor")
        assert await places.fetchone() == (2,)
    assert first == set(names(0, 1))
    assert set(second[other].ids) == set(names(0))
    assert set(second[GATEWAY].ids) == set(third[GATEWAY].ids) == set(names(0, 1, 9))
    assert set(again[GATEWAY].ids) == set(names(9))
    assert set(more[GATEWAY].ids) == set(names(7))
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
