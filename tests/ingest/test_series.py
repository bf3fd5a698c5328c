"""Names to ids: made once, remembered within a bound."""

import pytest

from ingest.database import connected
from ingest.series import Name, Series, SeriesCache
from tests.servers.databases import TestDatabase


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
