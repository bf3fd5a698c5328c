import asyncio

import pytest

from center.occasions.states import State
from tests.center.occasions.hall import Hall
from tests.center.occasions.seen import ago, face, settle

pytestmark = pytest.mark.servers


async def test_what_a_rehearsal_made_is_erased_when_the_occasion_opens(hall: Hall) -> None:
    room = hall.room
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await hall.move(State.REHEARSAL)
    shot, place = bytes(32), face(None).place
    await room.checkin.shots.keep(shot, place, b"jpeg")
    await settle(room, face(delegate.person, at=ago(10)), face(None, at=ago(5), evidence=shot))
    rehearsed = await room.database.rows("SELECT DISTINCT rehearsal FROM passage")
    late = face(delegate.person, at=ago(1))

    await hall.move(State.OPEN)
    await settle(room, late)  # seen before the opening

    assert rehearsed == [(True,)]
    for table in ("passage", "stranger", "evidence"):
        assert await room.database.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    await settle(room, face(delegate.person))
    assert await room.database.rows("SELECT result, rehearsal FROM passage") == [("checked_in", False)]


async def test_what_was_seen_before_the_end_counts_however_late_it_comes(hall: Hall) -> None:
    await hall.open()
    an = await hall.delegate("Nguyễn Văn An", person=True)
    binh = await hall.delegate("Trần Thị Bình", person=True)
    before = face(an.person, offline=True)
    await hall.move(State.CLOSED)

    await settle(hall.room, before, face(binh.person))

    assert await hall.room.database.rows("SELECT delegate, result FROM passage") == [(an.id, "checked_in")]


async def test_an_occasion_that_opens_while_somebody_passes_holds_no_rehearsal(hall: Hall) -> None:
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await hall.move(State.REHEARSAL)
    await asyncio.gather(*[settle(hall.room, face(delegate.person)) for _ in range(10)], hall.move(State.OPEN))

    rehearsed = await hall.room.database.rows("SELECT count(*) FROM passage WHERE rehearsal")
    counted = await hall.room.database.rows("SELECT count(*) FROM passage WHERE result = 'checked_in'")
    assert rehearsed == [(0,)]
    assert counted[0][0] <= 1
