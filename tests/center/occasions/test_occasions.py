from uuid import UUID

import pytest

from center.occasions.models import OccasionPatch, Theme, ThemeIn
from center.occasions.states import State
from center.room import Room
from tests.center.occasions.hall import BY, Hall
from wardroom.errors import CheckInError, InvalidMessage

pytestmark = pytest.mark.servers


async def test_what_is_changed_of_an_occasion_is_changed_and_nothing_else(hall: Hall) -> None:
    occasions = hall.room.checkin.occasions
    before = await occasions.get(hall.occasion)

    after = await occasions.change(BY, hall.occasion, OccasionPatch(place="Hội trường", theme=ThemeIn(accent="#00ff00")))

    assert after == before.model_copy(update={"place": "Hội trường", "theme": Theme(accent="#00ff00")})


async def test_an_occasion_that_ends_before_it_starts_is_refused(hall: Hall) -> None:
    before = await hall.room.checkin.occasions.get(hall.occasion)

    with pytest.raises(InvalidMessage, match="not before"):
        await hall.room.checkin.occasions.change(BY, hall.occasion, OccasionPatch(ends=before.starts))


async def test_an_occasion_says_when_it_was_opened_and_closed(hall: Hall) -> None:
    await hall.move(State.REHEARSAL)
    rehearsed = await hall.room.checkin.occasions.get(hall.occasion)
    await hall.move(State.OPEN, State.CLOSED)
    closed = await hall.room.checkin.occasions.get(hall.occasion)

    assert (rehearsed.opened, rehearsed.closed) == (None, None)
    assert closed.opened is not None
    assert closed.closed is not None
    assert closed.opened < closed.closed
    with pytest.raises(CheckInError):
        await hall.move(State.OPEN)


async def test_an_open_occasion_is_not_deleted(hall: Hall) -> None:
    await hall.open()
    with pytest.raises(CheckInError, match="close it"):
        await hall.room.checkin.occasions.delete(BY, hall.occasion, record=True)

    await hall.move(State.CLOSED)
    await hall.delegate("Nguyễn Văn An")
    with pytest.raises(CheckInError, match="record of who came"):
        await hall.room.checkin.occasions.delete(BY, hall.occasion, record=False)
    await hall.room.checkin.occasions.delete(BY, hall.occasion, record=True)

    assert await hall.room.database.rows("SELECT 1 FROM delegate UNION ALL SELECT 1 FROM gate UNION ALL SELECT 1 FROM checkin_list") == []


async def test_occasions_come_page_by_page_the_newest_first(room: Room) -> None:
    made = [(await Hall.plan(room, gate=f"gate-{number}")).occasion for number in range(5)]
    found: list[UUID] = []
    word = None
    while True:
        page = await room.checkin.occasions.page(word, 2)
        found += [one.id for one in page.items]
        word = page.next
        if word is None:
            break

    assert found == made[::-1]


async def test_every_change_is_in_the_log(hall: Hall) -> None:
    delegate = await hall.delegate("Nguyễn Văn An")
    await hall.room.checkin.delegates.revoke(BY, delegate.id, "mất tư cách")
    await hall.open()

    lines = (await hall.room.database.rows("SELECT who, action FROM audit ORDER BY seq"),)
    assert [action for _, action in lines[0]] == [
        *("occasion.create", "list.create", "gate.create", "delegate.create", "delegate.revoke"),
        *("occasion.rehearsal", "occasion.open"),
    ]
    assert {who for who, _ in lines[0]} == {BY}
    assert (await hall.room.audit.verify()).broken is None
