from hashlib import sha256

import httpx
import msgspec
import pytest

from center.gateways.rosters import GATEWAYS, Rosters
from center.occasions.states import State
from tests.center.occasions.hall import Hall
from tests.center.running import RunningCenter
from wardroom import gate_list
from wardroom.gate_list import GateList, Theme
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers


async def asked(gateway: httpx.AsyncClient, version: str = "") -> tuple[int, GateList]:
    answer = await gateway.get("/roster", headers={"if-none-match": f'"{version}"'} if version else {})
    return answer.status_code, gate_list.decoded(answer.content) if answer.content else gate_list.NOTHING


async def test_a_gateway_is_told_its_gates_and_who_is_expected_there(hall: Hall, gateway: httpx.AsyncClient) -> None:
    an = await hall.delegate("Nguyễn Văn An", code="WR1:0042", person=True)
    binh = await hall.delegate("Trần Thị Bình", listed=False)
    await hall.move(State.REHEARSAL)
    status, listed = await asked(gateway)

    assert status == 200
    assert listed == gate_list.sealed(listed)
    assert [(gate.id, gate.camera, gate.direction, gate.list) for gate in listed.gates] == [("gate-1", "cam-1", "in", str(hall.list))]
    assert [(one.id, one.name, one.state) for one in listed.occasions] == [(str(hall.occasion), "Đại hội", "rehearsal")]
    told = {one.id: one for one in listed.delegates}
    assert told.keys() == {str(an.id), str(binh.id)}
    known = told[str(an.id)]
    assert (known.name, known.badge, known.lists) == ("Nguyễn Văn An", sha256(b"WR1:0042").hexdigest(), (str(hall.list),))
    assert known.person == str(hall.people["Nguyễn Văn An"])
    assert (told[str(binh.id)].person, told[str(binh.id)].lists) == (None, ())


async def test_the_same_list_is_told_once_and_every_change_at_the_next_question(hall: Hall, gateway: httpx.AsyncClient) -> None:
    an = await hall.delegate("Nguyễn Văn An", person=True)
    await hall.open()
    _, listed = await asked(gateway)
    assert (await asked(gateway, listed.version))[0] == 304

    await hall.agree(hall.people["Nguyễn Văn An"], given=False)
    _, withdrawn = await asked(gateway, listed.version)
    assert withdrawn.delegates[0].consent_withdrawn is not None
    await hall.room.database.change("UPDATE delegate SET revoked = now() WHERE id = %(id)s", {"id": an.id})
    _, revoked = await asked(gateway, withdrawn.version)
    assert revoked.delegates[0].revoked is not None
    await hall.room.database.change("DELETE FROM list_entry", {})
    _, off = await asked(gateway, revoked.version)
    assert off.delegates[0].lists == ()
    await hall.room.database.change("DELETE FROM person", {})
    assert (await asked(gateway, off.version))[1].delegates == ()


@pytest.mark.parametrize("states", [(), (State.REHEARSAL, State.OPEN, State.CLOSED)])
async def test_of_an_occasion_that_is_planned_or_over_nothing_is_told(
    hall: Hall, gateway: httpx.AsyncClient, states: tuple[State, ...]
) -> None:
    await hall.delegate("Nguyễn Văn An")
    await hall.move(*states)
    _, listed = await asked(gateway)

    assert (listed.gates, listed.occasions, listed.delegates) == ((), (), ())


async def test_a_gateway_is_told_nothing_of_other_gateways(hall: Hall, center: RunningCenter) -> None:
    await hall.delegate("Nguyễn Văn An")
    await hall.open()
    token = await center.room.access.make_gateway_token(Gateway("hall", "gw-2"), "a test")
    async with center.anonymous() as client:
        answer = await client.get("/api/v1/gateway/roster", headers={"authorization": f"Bearer {token}"})

    assert gate_list.decoded(answer.content) == gate_list.sealed(gate_list.NOTHING)


async def test_the_theme_comes_along_and_one_that_is_none_is_the_plain_one(hall: Hall, gateway: httpx.AsyncClient) -> None:
    await hall.open()
    themes = []
    for theme in ({"accent": "#c00", "heading": "Đại hội"}, {"accent": 7}):
        values = {"theme": msgspec.json.encode(theme).decode()}
        await hall.room.database.change("UPDATE occasion SET theme = %(theme)s::jsonb", values)
        themes.append((await asked(gateway))[1].occasions[0].theme)

    assert themes == [Theme(accent="#c00", heading="Đại hội"), Theme()]


async def test_no_more_lists_are_kept_than_a_number_of_gateways(center: RunningCenter) -> None:
    rosters = Rosters(center.room.database)
    for number in range(GATEWAYS + 3):
        await rosters.of(Gateway("hall", f"gw-{number}"))

    assert len(rosters) == GATEWAYS
