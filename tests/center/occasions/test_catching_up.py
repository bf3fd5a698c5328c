import asyncio
import json
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
import uuid6

from center.occasions.states import State
from center.room import Room
from tests.center.occasions.hall import CAMERA, GATEWAY, SITE, Hall
from tests.center.occasions.seen import ago, face, results, settle
from tests.servers.databases import TestDatabase
from wardroom.clock import SystemClock

pytestmark = pytest.mark.servers

_PUT = """
INSERT INTO event (source, id, site, gateway, type, time, received, offline, subject, data)
VALUES (%(source)s, %(id)s, %(site)s, %(gateway)s, %(type)s, coalesce(%(told)s, %(time)s), %(time)s, false, NULL, %(data)s)
"""


def store(
    database: TestDatabase,
    person: UUID | None,
    at: datetime,
    *,
    visit: UUID | None = None,
    spoilt: dict[str, str] | None = None,
    told: str | None = None,
) -> None:
    """Store a face's event as ingest does; `spoilt`, `told` (its time): as no gateway and no ingest would."""
    kind = "recognized" if person else "unknown"
    data = {"camera": CAMERA, "visit": str(visit or uuid6.uuid7()), "change": "new", "at": at.isoformat(), "reason": "votes"}
    who = {"person": str(person), "score": 0.5} if person else {}
    values = {
        "source": f"ward/{SITE}/{GATEWAY}",
        "id": uuid6.uuid7(),
        "site": SITE,
        "gateway": GATEWAY,
        "type": f"vn.wardroom.face.{kind}.v1",
        "time": at,
        "told": told,
        "data": json.dumps(data | who | (spoilt or {})),
    }
    with psycopg.connect(database.ingest.conninfo(), autocommit=True) as connection:
        connection.execute(_PUT, values)


async def caught_up(room: Room) -> None:
    while await room.checkin.catching_up.round():
        pass


async def test_what_came_in_five_minutes_without_a_center_is_counted_in_order(hall: Hall, migrated: TestDatabase) -> None:
    await hall.open()
    delegates = [await hall.delegate(f"Đại Biểu {number}", person=True) for number in range(5)]
    for number, delegate in enumerate(delegates):
        store(migrated, delegate.person, ago(300 - 60 * number))
        store(migrated, delegate.person, ago(290 - 60 * number))

    await caught_up(hall.room)

    assert await results(hall.room) == ["checked_in", "already"] * 5
    counted = await hall.room.checkin.lists.get(hall.list)
    assert (counted.expected, counted.arrived) == (5, 5)


async def test_what_was_settled_live_is_passed_over(hall: Hall, migrated: TestDatabase) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    visit = uuid6.uuid7()
    store(migrated, delegate.person, ago(5), visit=visit)
    await settle(hall.room, face(delegate.person, visit=visit))
    before = await hall.room.database.rows("SELECT * FROM passage")

    await caught_up(hall.room)

    assert await hall.room.database.rows("SELECT * FROM passage") == before


@pytest.mark.parametrize("told", ["0001-01-01 00:00:00+14", "9999-12-31 23:59:59-14"])
async def test_an_event_of_a_year_that_nobody_can_read_stops_nobody_and_is_of_when_it_came(
    hall: Hall, migrated: TestDatabase, told: str
) -> None:
    await hall.move(State.REHEARSAL)
    people = [(await hall.delegate(name, person=True)).person for name in ("Nguyễn Văn An", "Lê Thị Bình")]
    store(migrated, people[0], ago(20), told=told, spoilt={"at": told.replace(" ", "T") + ":00"})
    store(migrated, people[1], ago(10), told=told)

    await caught_up(hall.room)

    assert await results(hall.room) == ["checked_in"] * 2
    assert await hall.room.database.rows("SELECT p.at = p.received FROM passage p ORDER BY at LIMIT 1") == [(True,)]
    assert len((await hall.room.checkin.passages.page(hall.list, None, 9)).items) == 2


BAD = (
    {"camera": CAMERA, "visit": "no visit"},
    {"score": "much"},
    {"at": "yesterday"},
    {"evidence": "zz"},
)


async def test_one_bad_event_never_stops_the_rest(hall: Hall, migrated: TestDatabase) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    for bad in BAD:
        store(migrated, delegate.person, ago(20), spoilt=bad)
    store(migrated, delegate.person, ago(10))

    await caught_up(hall.room)

    assert await results(hall.room) == ["checked_in"]
    assert await hall.room.database.rows("SELECT seq FROM checkin_cursor") == [(len(BAD) + 1,)]


async def test_two_centers_that_catch_up_at_once_count_once(hall: Hall, migrated: TestDatabase) -> None:
    await hall.open()
    for number in range(10):
        delegate = await hall.delegate(f"Đại Biểu {number}", person=True)
        store(migrated, delegate.person, ago(30))
        store(migrated, delegate.person, ago(20))
    second = Room.assemble(hall.room.settings, SystemClock())
    async with second.database:
        await asyncio.gather(caught_up(hall.room), caught_up(second))

    assert sorted(await results(hall.room)) == ["already"] * 10 + ["checked_in"] * 10


async def test_reading_goes_on_where_it_stopped(hall: Hall, migrated: TestDatabase) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    store(migrated, delegate.person, ago(30))
    await caught_up(hall.room)
    await hall.room.database.change("DELETE FROM passage")
    store(migrated, delegate.person, ago(20))
    await caught_up(hall.room)

    assert len(await results(hall.room)) == 1, "the first event was not read again"


async def test_a_late_event_of_before_the_opening_is_not_counted(hall: Hall, migrated: TestDatabase) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    store(migrated, delegate.person, ago(0) - timedelta(hours=2))
    await caught_up(hall.room)

    assert await results(hall.room) == []
