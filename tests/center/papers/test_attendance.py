from datetime import UTC, datetime

import pytest
import uuid6

from center.papers import attendance
from tests.center.occasions.hall import Hall
from tests.center.papers.crowd import attendee
from wardroom.errors import CheckInError

NOW = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)


def test_delegations_are_in_the_order_of_their_numbers_and_people_in_that_of_their_given_names() -> None:
    people = [
        attendee("Vũ Văn Bình", delegation="Đoàn số 10"),
        attendee("Lê Văn Út", delegation="Đoàn số 2"),
        attendee("Trần Thị Ánh", delegation="Đoàn số 2"),
        attendee("Lê Văn An", delegation=""),
        attendee("Đỗ Văn Ân", delegation="đoàn số 2"),
    ]
    found = [(group.name, [one.name for one in group.people]) for group in attendance.grouped(people)]

    assert found[-2:] == [("Đoàn số 10", ["Vũ Văn Bình"]), ("", ["Lê Văn An"])]
    assert ("Đoàn số 2", ["Trần Thị Ánh", "Lê Văn Út"]) in found


@pytest.mark.servers
async def test_who_is_on_the_list_and_who_came_without_are_both_in_the_attendance(hall: Hall) -> None:
    elsewhere = await Hall.plan(hall.room, gate="gate-2", camera="cam-2", name="Đại hội khác")
    guest = await elsewhere.delegate("Lê Văn Dần")
    await elsewhere.delegate("Lê Văn Em")
    expected = await hall.delegate("Lê Văn An")
    other = await hall.delegate("Lê Văn Bình", listed=False)
    await hall.delegate("Lê Văn Cao", listed=False)
    for delegate in (expected, other, guest):
        await hall.room.database.change(
            "INSERT INTO passage (id, occasion, list, delegate, direction, method, result, at) "
            "VALUES (%(id)s, %(occasion)s, %(list)s, %(delegate)s, 'in', 'hand', 'checked_in', %(at)s)",
            {"id": uuid6.uuid7(), "occasion": hall.occasion, "list": hall.list, "delegate": delegate.id, "at": NOW},
        )
    found = await attendance.read(hall.room.database, hall.list)

    assert [(one.name, one.arrived, one.expected) for group in found.delegations for one in group.people] == [
        ("Lê Văn An", NOW, True),
        ("Lê Văn Bình", NOW, False),
        ("Lê Văn Dần", NOW, False),
    ]
    assert (found.expected, found.arrived) == (1, 3)
    numbers = await hall.room.checkin.lists.attendance(hall.list)
    assert (numbers.expected, numbers.arrived) == (found.expected, found.arrived)
    with pytest.raises(CheckInError, match="list"):
        await attendance.read(hall.room.database, uuid6.uuid7())
