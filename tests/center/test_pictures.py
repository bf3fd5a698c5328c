import psycopg
import pytest

from center.faults import FAULT, RECOVERED
from center.store.database import Database
from center.store.pictures import Pictures
from tests.servers.databases import TestDatabase
from wardroom.live import EVENTS_SHOWN

pytestmark = pytest.mark.servers

EVENTS = """
INSERT INTO event (source, id, site, gateway, type, time, received, offline, subject, data)
SELECT 's', gen_random_uuid(), 'vp', 'gw-1', %s, now() - make_interval(secs => %s), now(), false, NULL,
       jsonb_build_object('sensor', %s::text)
FROM generate_series(1, %s)
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
