import pytest
import uuid6

from center.occasions.models import ListIn
from center.occasions.passage_models import PassageIn
from tests.center.occasions.hall import BY, CAMERA, Hall
from tests.center.occasions.seen import ago, code, face, results, settle
from wardroom.admission import Direction

pytestmark = pytest.mark.servers


async def test_an_occasion_that_nobody_closed_takes_none_of_todays_delegates(hall: Hall) -> None:
    left_open = await Hall.plan(hall.room, gate="a-gate", name="Hôm qua")  # before the other by its name
    for one in (left_open, hall):
        await one.open()
    await hall.room.database.change(
        "UPDATE occasion SET starts = starts - d.day, ends = ends - d.day, opened = opened - d.day "
        "FROM (SELECT interval '1 day') d (day) WHERE id = %(id)s",
        {"id": left_open.occasion},
    )
    delegate = await hall.delegate("Nguyễn Văn An", person=True, code="A-1")

    await settle(hall.room, face(delegate.person, at=ago(20)), code("A-1", at=ago(10)))

    assert await results(hall.room) == ["checked_in", "already"]


async def test_two_lists_at_one_camera_at_one_time_get_each_their_own(hall: Hall) -> None:
    guests = Hall(hall.room, hall.occasion, (await hall.room.checkin.lists.create(BY, hall.occasion, ListIn(name="Khách mời"))).id)
    await guests.gate("a-guests", CAMERA)
    await hall.open()
    delegate, guest = await hall.delegate("Nguyễn Văn An", person=True), await guests.delegate("Trần Thị Bình", person=True)

    await settle(hall.room, face(delegate.person), face(guest.person))

    rows = await hall.room.database.rows("SELECT gate, result FROM passage ORDER BY gate")
    assert rows == [("a-guests", "checked_in"), ("gate-1", "checked_in")]


async def test_a_staff_card_is_the_badge_of_every_occasion_it_is_given_to_and_each_gate_and_desk_knows_its_own(hall: Hall) -> None:
    other = await Hall.plan(hall.room, gate="gate-9", camera="cam-9")
    for one in (other, hall):
        await one.open()
        await one.delegate("Nguyễn Văn An", code="CARD-7")
    noted = PassageIn(id=uuid6.uuid7(), direction=Direction.IN, method="code", code="CARD-7")

    await settle(hall.room, code("CARD-7"), code("CARD-7", camera="cam-9"))
    await hall.room.checkin.desk.note(BY, other.list, noted)

    rows = await hall.room.database.rows("SELECT occasion, result FROM passage ORDER BY at")
    assert rows == [(hall.occasion, "checked_in"), (other.occasion, "checked_in"), (other.occasion, "already")]
