import pytest

from center.occasions.models import GateIn, GatePatch
from center.room import Room
from tests.center.occasions.hall import BY, Hall
from wardroom.errors import CheckInError, InvalidMessage

pytestmark = pytest.mark.servers


async def test_a_gate_is_of_one_occasion_and_its_name_of_one_gate(hall: Hall, room: Room) -> None:
    other = await Hall.plan(room, gate="gate-2")

    with pytest.raises(CheckInError, match="gate-1"):
        await room.checkin.gates.create(BY, other.occasion, GateIn(id="gate-1", list=other.list))
    with pytest.raises(CheckInError, match="no list"):
        await room.checkin.gates.create(BY, other.occasion, GateIn(id="gate-3", list=hall.list))
    with pytest.raises(CheckInError, match="no list"):
        await room.checkin.gates.change(BY, "gate-2", GatePatch(list=hall.list))


async def test_half_a_camera_is_refused(hall: Hall, room: Room) -> None:
    with pytest.raises(InvalidMessage, match="only site, camera is given"):
        await room.checkin.gates.create(BY, hall.occasion, GateIn(id="gate-3", list=hall.list, site="hall", camera="cam-1"))
    with pytest.raises(InvalidMessage):
        await room.checkin.gates.change(BY, "gate-1", GatePatch(camera=None))

    free = await room.checkin.gates.change(BY, "gate-1", GatePatch(site=None, gateway=None, camera=None))
    assert (free.site, free.gateway, free.camera, free.name) == (None, None, None, "gate-1")


async def test_a_screen_learns_what_to_show(hall: Hall, room: Room) -> None:
    shown = await room.checkin.gates.welcome("gate-1")

    occasion = await room.checkin.occasions.get(hall.occasion)
    assert (shown.occasion, shown.name_of_occasion, shown.theme.greeting) == (hall.occasion, "Đại hội", "Trân trọng chào mừng Đại biểu")
    assert (shown.place, shown.starts, shown.ends) == (occasion.place, occasion.starts, occasion.ends)
    with pytest.raises(CheckInError, match="gate-9"):
        await room.checkin.gates.welcome("gate-9")


async def test_a_gate_that_is_gone_is_gone(hall: Hall, room: Room) -> None:
    await room.checkin.gates.delete(BY, "gate-1")

    for asked in (room.checkin.gates.get("gate-1"), room.checkin.gates.delete(BY, "gate-1")):
        with pytest.raises(CheckInError, match="gate-1"):
            await asked
    assert (await room.checkin.occasions.get(hall.occasion)).gates == ()
