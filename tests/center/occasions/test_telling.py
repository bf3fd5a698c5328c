import pytest

from center.occasions.delegate_models import DelegatePatch
from center.occasions.settling import Settling
from center.occasions.states import State
from center.room import Room
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import face, settle

pytestmark = pytest.mark.servers


def shown(room: Room) -> list[tuple[str, str]]:
    return [(one.name, one.result) for one in room.hub._passages.last(50)]


async def test_another_center_shows_the_same_within_a_round(hall: Hall) -> None:
    await hall.open()
    room = hall.room
    await room.checkin.telling.round()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await Settling(room.database).settle(face(delegate.person))  # as another center would
    assert shown(room) == []

    await room.checkin.telling.round()
    assert shown(room) == [("Nguyễn Văn An", "checked_in")]
    assert [one.name for one in room.hub._greetings.last(5)] == ["Nguyễn Văn An"]


async def test_a_rehearsal_is_shown_no_more_after_it(hall: Hall) -> None:
    await hall.move(State.REHEARSAL)
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await settle(hall.room, face(delegate.person))
    assert len(shown(hall.room)) == 1

    await hall.move(State.OPEN)
    await hall.room.checkin.telling.round()

    assert shown(hall.room) == []


async def test_a_corrected_name_is_shown_corrected(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn Am", person=True)
    await settle(hall.room, face(delegate.person))
    await hall.room.checkin.telling.round()
    await hall.room.checkin.delegates.change(BY, delegate.id, DelegatePatch(name="Nguyễn Văn An"))

    await hall.room.checkin.telling.round()

    assert shown(hall.room) == [("Nguyễn Văn An", "checked_in")]


async def test_a_center_that_starts_shows_who_passed_before(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await Settling(hall.room.database).settle(face(delegate.person))

    await hall.room.checkin.telling.round()

    assert shown(hall.room) == [("Nguyễn Văn An", "checked_in")]
