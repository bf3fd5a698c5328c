"""Sites, gateways, sensors and series, a page at a time, each in the order of its key."""

from typing import Final, LiteralString, TypeVar

from pydantic import BaseModel

from center.cursors import cursor, places
from center.models import GatewayOut, Page, PageIn, SensorOut, SeriesOut, SiteOut
from center.store.database import Database

Item = TypeVar("Item", bound=BaseModel)

_SITES: Final = """
SELECT id, name_vi, name_en, kind FROM site
WHERE (%(site)s::text IS NULL OR id = %(site)s) AND id > %(after0)s ORDER BY id LIMIT %(limit)s
"""
_GATEWAYS: Final = """
SELECT g.site, g.id, g.name_vi, g.name_en, g.software, g.state, g.state_since, g.health, g.health_received,
       coalesce((SELECT sum(missing) FROM delivery_gap d WHERE (d.site, d.gateway) = (g.site, g.id)), 0)::bigint AS missing
FROM gateway g
WHERE (%(site)s::text IS NULL OR site = %(site)s) AND (site, id) > (%(after0)s, %(after1)s) ORDER BY site, id LIMIT %(limit)s
"""
_SENSORS: Final = """
SELECT site, gateway, id, name_vi, name_en FROM sensor
WHERE (%(site)s::text IS NULL OR site = %(site)s) AND (%(gateway)s::text IS NULL OR gateway = %(gateway)s)
  AND (site, gateway, id) > (%(after0)s, %(after1)s, %(after2)s) ORDER BY site, gateway, id LIMIT %(limit)s
"""
_SERIES: Final = """
SELECT s.id, site, gateway, sensor, quantity, unit, period_s, time, received, value, flags
FROM series s LEFT JOIN latest l ON l.series_id = s.id
WHERE (%(site)s::text IS NULL OR site = %(site)s) AND (%(gateway)s::text IS NULL OR gateway = %(gateway)s)
  AND s.id > %(after0)s ORDER BY s.id LIMIT %(limit)s
"""


class Lists:
    """What there is, for the REST interface."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sites(self, page: PageIn) -> Page[SiteOut]:
        return await self._page(SiteOut, _SITES, page, ("id",))

    async def gateways(self, page: PageIn) -> Page[GatewayOut]:
        return await self._page(GatewayOut, _GATEWAYS, page, ("site", "id"))

    async def sensors(self, page: PageIn) -> Page[SensorOut]:
        return await self._page(SensorOut, _SENSORS, page, ("site", "gateway", "id"))

    async def series(self, page: PageIn) -> Page[SeriesOut]:
        return await self._page(SeriesOut, _SERIES, page, ("id",))

    async def _page(self, kind: type[Item], query: LiteralString, page: PageIn, keys: tuple[str, ...]) -> Page[Item]:
        numbered = kind is SeriesOut
        after = places(page.cursor, (int,) if numbered else (str,) * len(keys)) or [0 if numbered else ""] * len(keys)
        values = {"site": page.site, "gateway": page.gateway, "limit": page.limit + 1}
        rows = await self._database.objects(kind, query, values | {f"after{index}": place for index, place in enumerate(after)})
        items = rows[: page.limit]
        more = len(rows) > page.limit
        return Page[kind](items=items, next=cursor([getattr(items[-1], key) for key in keys]) if more else None)  # type: ignore[valid-type]  # made at run time
