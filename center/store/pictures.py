"""What screens show, as the database knows it: the whole picture at the start, then what the live path may have missed."""

from typing import Any, Final

from center.directory import Key
from center.faults import FAULT, RECOVERED
from center.hub import Picture
from center.store.database import Database
from center.store.schema import refuse_newer
from wardroom.live import EVENTS_SHOWN, TRAIL_MINUTES, LiveEvent, LiveGateway, LiveReading, LiveSeries, LiveSite

OVERLAP_S: Final = 60
"""A transaction may show its rows this much later than the time they were received."""
_EVENTS_AT_ONCE: Final = 500

_SERIES: Final = """
SELECT s.id, s.site, s.gateway, s.sensor, coalesce(n.name_vi, s.sensor), coalesce(n.name_en, s.sensor), s.quantity, s.unit, s.period_s
FROM series s LEFT JOIN sensor n ON (n.site, n.gateway, n.id) = (s.site, s.gateway, s.sensor)
"""
_GATEWAYS: Final = """
SELECT site, id, name_vi, name_en, state, (extract(epoch FROM state_since) * 1000000)::bigint,
       (extract(epoch FROM health_received) * 1000000)::bigint, health
FROM gateway
"""
_LATEST: Final = """
SELECT series_id, (extract(epoch FROM time) * 1000000)::bigint, (extract(epoch FROM received) * 1000000)::bigint, value, flags FROM latest
"""
_HOUR: Final = "SELECT now(), date_trunc('minute', now()) - make_interval(mins => %(minutes)s)"
# The newest readings of a series in one look; where they are so dense that these are not all, one look for each earlier minute: no more on
# a day of a thousand readings a second than on one of few. Both times are parameters, so that the plan holds only the weeks they touch.
_TRAILS: Final = """
WITH newest AS MATERIALIZED (
    SELECT l.series_id, r.time, r.value
    FROM latest l
    CROSS JOIN LATERAL (
        SELECT time, value FROM reading
        WHERE series_id = l.series_id AND time >= %(since)s AND time <= %(now)s
        ORDER BY time DESC LIMIT %(dense)s
    ) r
    WHERE l.received >= %(since)s
), dense AS (
    SELECT series_id, min(time) AS time FROM newest GROUP BY series_id HAVING count(*) = %(dense)s
), found AS (
    SELECT * FROM newest
    UNION ALL
    SELECT dense.series_id, r.time, r.value
    FROM dense
    CROSS JOIN LATERAL (
        WITH RECURSIVE walk AS (
            SELECT dense.time, NULL::double precision AS value
            UNION ALL
            SELECT earlier.time, earlier.value FROM walk CROSS JOIN LATERAL (
                SELECT time, value FROM reading
                WHERE series_id = dense.series_id AND time >= %(since)s AND time < date_trunc('minute', walk.time)
                ORDER BY time DESC LIMIT 1
            ) earlier
        )
        SELECT time, value FROM walk WHERE value IS NOT NULL
    ) r
)
SELECT DISTINCT ON (series_id, minute) series_id, minute, value
FROM (SELECT *, (extract(epoch FROM date_trunc('minute', time)) / 60)::bigint AS minute FROM found) AS every_minute
ORDER BY series_id, minute, time DESC
"""
_DENSE: Final = 64
"""Readings of a series that one look brings: more than a minute apart, a trail needs no second one."""
_EVENTS: Final = """
SELECT seq, site, gateway, id::text, type, (extract(epoch FROM time) * 1000000)::bigint, (extract(epoch FROM received) * 1000000)::bigint,
       offline, subject, data
FROM event
"""
_LAST_OF_EACH_SENSOR: Final = f"""
SELECT DISTINCT ON (site, gateway, data ->> 'sensor') seq, type FROM event WHERE type IN ('{FAULT}', '{RECOVERED}')
ORDER BY site, gateway, data ->> 'sensor', time DESC, seq DESC
"""
_SHOWN: Final = f"""{_EVENTS}
WHERE seq IN (SELECT seq FROM event ORDER BY seq DESC LIMIT {EVENTS_SHOWN})
   OR seq IN (SELECT seq FROM ({_LAST_OF_EACH_SENSOR}) AS last WHERE type = '{FAULT}')
ORDER BY seq
"""
"""The last events, and every sensor fault that still lasts."""


class Pictures:
    """The center's reading of the spine's tables for the hub."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def whole(self) -> tuple[Picture, int]:
        """Return all there is to show, and the sequence of the last stored event in it; raises SchemaNewer as `refuse_newer` does."""
        await refuse_newer(self._database)
        trails = await self._trails()
        latest = await self._database.rows(_LATEST)
        events = await self._database.rows(_SHOWN)
        sites = await self._database.rows("SELECT id, name_vi, name_en, kind FROM site")
        picture = Picture(
            sites=tuple(LiveSite(*row) for row in sites),
            gateways=tuple(_gateway(row) for row in await self._database.rows(_GATEWAYS)),
            series=tuple(LiveSeries(*row) for row in await self._database.rows(f"{_SERIES} ORDER BY s.id")),
            readings=tuple(LiveReading(*(*row, tuple(trails.get(row[0], ())))) for row in latest),
            events=tuple(_event(row) for row in events),
        )
        return picture, events[-1][0] if events else 0

    async def _trails(self) -> dict[int, list[tuple[int, float]]]:
        """Return each series' last value of every minute of the last hour, in the order of time."""
        ((now, since),) = await self._database.rows(_HOUR, {"minutes": TRAIL_MINUTES - 1})
        trails: dict[int, list[tuple[int, float]]] = {}
        for series, minute, value in await self._database.rows(_TRAILS, {"now": now, "since": since, "dense": _DENSE}):
            trails.setdefault(series, []).append((minute, value))
        return trails

    async def series_named(self, names: list[Key]) -> list[LiveSeries]:
        """Return those of these series that exist by now; of none there are none, as where a reading ceased to wait meanwhile."""
        if not names:
            return []
        columns = {f"c{index}": list(column) for index, column in enumerate(zip(*names, strict=True))}
        query = (
            f"{_SERIES} JOIN unnest(%(c0)s::text[], %(c1)s::text[], %(c2)s::text[], %(c3)s::text[]) AS w (site, gateway, sensor, quantity) "
            "ON (s.site, s.gateway, s.sensor, s.quantity) = (w.site, w.gateway, w.sensor, w.quantity)"
        )
        return [LiveSeries(*row) for row in await self._database.rows(query, columns)]

    async def series_numbered(self, numbers: list[int]) -> list[LiveSeries]:
        rows = await self._database.rows(f"{_SERIES} WHERE s.id = ANY(%(numbers)s)", {"numbers": numbers})
        return [LiveSeries(*row) for row in rows]

    async def latest(self, since_us: int | None) -> tuple[list[LiveReading], int]:
        """Return the latest readings received after `since_us` less the overlap (all for None), and the database's time of asking."""
        now_us = (await self._database.rows("SELECT (extract(epoch FROM now()) * 1000000)::bigint"))[0][0]
        if since_us is None:
            rows = await self._database.rows(_LATEST)
        else:
            query = f"{_LATEST} WHERE received >= to_timestamp(%(since)s)"
            rows = await self._database.rows(query, {"since": since_us / 1e6 - OVERLAP_S})
        return [LiveReading(*row) for row in rows], now_us

    async def events_after(self, seq: int) -> tuple[list[LiveEvent], int]:
        """Return stored events after `seq`, which is in the order of the commits, and where to go on."""
        rows = await self._database.rows(f"{_EVENTS} WHERE seq > %(seq)s ORDER BY seq LIMIT {_EVENTS_AT_ONCE}", {"seq": seq})
        return [_event(row) for row in rows], rows[-1][0] if rows else seq


def _gateway(row: tuple[Any, ...]) -> LiveGateway:
    site, name, name_vi, name_en, state, since_us, heartbeat_us, health = row
    known = LiveGateway(site, name, name_vi, name_en, state, since_us, heartbeat_us)
    if not isinstance(health, dict):
        return known
    outbox = health.get("outbox") or {}
    return LiveGateway(
        *(site, name, name_vi, name_en, state, since_us, heartbeat_us, health.get("clock_skew_s")),
        outbox_packs=outbox.get("packs", 0),
        outbox_bytes=outbox.get("bytes", 0),
        dropped=outbox.get("dropped", 0),
        quarantined=outbox.get("quarantined", 0),
        temperature_c=health.get("temperature_c"),
        disk_free_bytes=health.get("disk_free_bytes"),
    )


def _event(row: tuple[Any, ...]) -> LiveEvent:
    return LiveEvent(*(*row[:-1], _flat(row[-1])))


def _flat(data: object) -> dict[str, str | int | float | bool | None]:
    """Return an event's data as screens take it; what is not flat is left to the event's own page."""
    if not isinstance(data, dict):
        return {}
    return {str(key): value for key, value in data.items() if value is None or isinstance(value, str | int | float | bool)}
