import pytest
import uuid6

from center.occasions.models import ListIn, ListPatch
from center.occasions.passage_models import PassageIn
from tests.center.crossing import crossed
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import results
from wardroom.errors import CheckInError

pytestmark = pytest.mark.servers


async def test_a_list_counts_who_is_expected_and_not_revoked(hall: Hall) -> None:
    await hall.delegate("Nguyễn Văn An")
    gone = await hall.delegate("Trần Thị Bình")
    await hall.delegate("Lê Văn Chung", listed=False)
    await hall.room.checkin.delegates.revoke(BY, gone.id, "vắng")

    counted = await hall.room.checkin.lists.get(hall.list)

    assert (counted.expected, counted.arrived, counted.inside) == (1, 0, 0)


async def test_two_lists_of_an_occasion_have_two_names(hall: Hall) -> None:
    lists = hall.room.checkin.lists
    second = await lists.create(BY, hall.occasion, ListIn(name="Phiên bế mạc"))

    with pytest.raises(CheckInError, match="Phiên khai mạc"):
        await lists.create(BY, hall.occasion, ListIn(name=" Phiên  khai mạc "))
    with pytest.raises(CheckInError, match="Phiên khai mạc"):
        await lists.change(BY, second.id, ListPatch(name="Phiên khai mạc"))
    assert (await lists.change(BY, second.id, ListPatch(name="Ngày 2"))).name == "Ngày 2"


async def test_what_is_not_there_is_said_to_be_not_there(hall: Hall) -> None:
    lists = hall.room.checkin.lists
    with pytest.raises(CheckInError, match="no occasion"):
        await lists.create(BY, uuid6.uuid7(), ListIn(name="x"))
    for asked in (lists.get(uuid6.uuid7()), lists.delete(BY, uuid6.uuid7()), lists.attendance(uuid6.uuid7())):
        with pytest.raises(CheckInError, match="no list"):
            await asked


async def test_a_list_goes_with_its_gates(hall: Hall) -> None:
    await hall.room.checkin.lists.delete(BY, hall.list)

    planned = await hall.room.checkin.occasions.get(hall.occasion)
    assert (planned.lists, planned.gates) == ((), ())


async def test_a_list_at_which_somebody_is_checked_in_at_this_moment_is_not_deleted(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An")
    asked = PassageIn(id=uuid6.uuid7(), method="name", delegate=delegate.id)
    checkin = hall.room.checkin

    _, refused = await crossed(hall.room.database, checkin.desk.note(BY, hall.list, asked), checkin.lists.delete(BY, hall.list))

    assert isinstance(refused, CheckInError)
    assert refused.key == "occasion.list_in_use"
    assert await results(hall.room) == ["checked_in"]
