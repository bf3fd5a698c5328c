import psycopg
import pytest

from center.faults import FAULT, RECOVERED
from center.store.database import Database
from center.store.pictures import Pictures
from tests.servers.databases import TestDatabase
from wardroom.live import EVENTS_SHOWN, TRAIL_MINUTES

pytestmark = pytest.mark.servers

EVENTS = """
INSERT INTO event (source, id, site, gateway, type, time, received, offline, subject, data)
SELECT 's', gen_random_uuid(), 'vp', 'gw-1', %s, now() - make_interval(secs => %s), now(), false, NULL,
       jsonb_build_object('sensor', %s::text)
FROM generate_series(1, %s)
"""

SERIES_OF_TWO_HOURS = """
WITH made AS (
    INSERT INTO series (site, gateway, sensor, quantity, unit, period_s) VALUES ('vp', 'gw-1', %(sensor)s, 'co2', 'ppm', 60) RETURNING id
)
INSERT INTO reading (series_id, time, value, flags, received)
SELECT id, now() - n * INTERVAL '1 second', n, 0, now() FROM made, generate_series(0, 7200, %(every)s) AS n
"""
LAST_OF_EVERY_MINUTE = f"""
SELECT series_id, jsonb_agg(jsonb_build_array(minute, value) ORDER BY minute)
FROM (
    SELECT DISTINCT ON (series_id, minute) series_id, minute, value
    FROM reading CROSS JOIN LATERAL (SELECT floor(extract(epoch FROM time) / 60)::bigint AS minute) AS of_reading
    WHERE minute > floor(extract(epoch FROM now()) / 60)::bigint - {TRAIL_MINUTES}
    ORDER BY series_id, minute, time DESC
) AS last GROUP BY series_id
"""


async def test_a_center_that_starts_knows_a_fault_older_than_the_events_it_shows(migrated: TestDatabase) -> None:
    with psycopg.connect(migrated.superuser, autocommit=True) as connection:
        for kind, ago_s, sensor, count in (
            (FAULT, 900, "lasting", 1),
            (FAULT, 900, "mended", 1),
            (RECOVERED, 800, "mended", 1),
            (RECOVERED, 700, "late", 1),  # its fault is told after it, but was before it
            (FAULT, 800, "late", 1),
            (RECOVERED, 60, "busy", EVENTS_SHOWN),
        ):
            connection.execute(EVENTS, (kind, ago_s, sensor, count))

    async with Database(migrated.center, connections=1) as database:
        picture, last = await Pictures(database).whole()

    assert [event.data["sensor"] for event in picture.events] == ["lasting", *["busy"] * EVENTS_SHOWN]
    assert last == EVENTS_SHOWN + 5


async def test_of_no_names_there_are_no_series(migrated: TestDatabase) -> None:
    async with Database(migrated.center, connections=1) as database:
        assert await Pictures(database).series_named([]) == []


async def test_a_trail_has_the_last_value_of_every_minute_however_dense_the_readings_are(migrated: TestDatabase) -> None:
    with psycopg.connect(migrated.superuser, autocommit=True) as connection:
        connection.execute("SELECT make_reading_partition(now()), make_reading_partition(now() - INTERVAL '7 days')")
        connection.execute("INSERT INTO site VALUES ('vp', 'Trụ sở', 'Office', 'office')")
        connection.execute("INSERT INTO gateway (site, id, name_vi, name_en, state) VALUES ('vp', 'gw-1', 'Cổng', 'Gateway', 'online')")
        for sensor, every_s in (("sparse", 400), ("minutely", 60), ("at-the-bound", 56), ("dense", 7), ("denser", 1)):
            connection.execute(SERIES_OF_TWO_HOURS, {"sensor": sensor, "every": every_s})
        connection.execute("INSERT INTO latest SELECT series_id, max(time), 1, 0, now(), max(time) FROM reading GROUP BY series_id")
        before: dict[int, list[list[float]]] = dict(connection.execute(LAST_OF_EVERY_MINUTE).fetchall())
        async with Database(migrated.center, connections=1) as database:
            picture, _ = await Pictures(database).whole()
        after: dict[int, list[list[float]]] = dict(connection.execute(LAST_OF_EVERY_MINUTE).fetchall())  # a minute may have ended meanwhile

    assert {reading.series: [list(point) for point in reading.trail or ()] for reading in picture.readings} in (before, after)
    assert max(map(len, before.values())) == TRAIL_MINUTES
