from typing import Any
from uuid import UUID

import pytest
import uuid6

from center.occasions.models import ListIn
from center.occasions.passage_models import PassageIn, PassageOut
from center.occasions.states import State
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import face, results, settle
from wardroom.errors import CheckInError, InvalidMessage

pytestmark = pytest.mark.servers


async def note(hall: Hall, *, passage: UUID | None = None, **asked: Any) -> PassageOut:
    made = PassageIn.model_validate({"id": passage or uuid6.uuid7(), "method": "name"} | asked)
    await hall.room.checkin.desk.note(BY, hall.list, made)
    return await hall.room.checkin.passages.get(made.id)


async def test_the_desk_lets_in_by_code_by_name_and_by_hand(hall: Hall) -> None:
    await hall.open()
    an = await hall.delegate("Nguyễn Văn An", code="A-1")
    binh = await hall.delegate("Trần Thị Bình")
    chung = await hall.delegate("Lê Văn Chung")

    made = [
        await note(hall, method="code", code="A-1", gate="gate-1"),
        await note(hall, delegate=binh.id),
        await note(hall, method="hand", delegate=chung.id, reason="quên thẻ"),
        await note(hall, method="code", code="nobody's"),
    ]

    assert [one.result for one in made] == ["checked_in", "checked_in", "checked_in", "unknown"]
    assert [one.delegate for one in made] == [str(an.id), str(binh.id), str(chung.id), None]
    assert {one.by for one in made} == {BY}
    assert made[2].reason == "quên thẻ"


async def test_a_face_and_the_desk_are_one_check_in(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await settle(hall.room, face(delegate.person))

    assert (await note(hall, delegate=delegate.id)).result == "already"


async def test_what_a_desk_did_while_the_center_was_away_counts_when_it_was_done(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await settle(hall.room, face(delegate.person))

    late = await note(hall, delegate=delegate.id, ago_s=600)

    assert (late.result, late.offline) == ("checked_in", True)
    assert (late.received - late.at).total_seconds() == pytest.approx(600, abs=1)
    assert await results(hall.room) == ["checked_in", "already"]
    with pytest.raises(CheckInError, match="before"):
        await note(hall, delegate=delegate.id, ago_s=3_700)
    await hall.move(State.CLOSED)
    assert (await note(hall, delegate=delegate.id, ago_s=120)).result == "already"
    with pytest.raises(CheckInError):
        await note(hall, delegate=delegate.id)


async def test_a_passage_that_is_asked_for_again_is_the_same_one(hall: Hall) -> None:
    await hall.open()
    an = await hall.delegate("Nguyễn Văn An")
    binh = await hall.delegate("Trần Thị Bình")
    passage = uuid6.uuid7()

    first = await note(hall, passage=passage, delegate=an.id)
    again = await note(hall, passage=passage, delegate=an.id)

    assert again == first
    assert await results(hall.room) == ["checked_in"]
    with pytest.raises(CheckInError, match="says something else"):
        await note(hall, passage=passage, delegate=binh.id)
    with pytest.raises(CheckInError, match="says something else"):
        await note(hall, passage=passage, delegate=an.id, direction="out")


async def test_against_the_rules_it_takes_a_reason_which_is_in_the_log(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", listed=False)
    assert (await note(hall, delegate=delegate.id)).result == "not_on_list"
    with pytest.raises(InvalidMessage, match="reason is missing"):
        await note(hall, delegate=delegate.id, override=True)
    with pytest.raises(InvalidMessage, match="reason is missing"):
        await note(hall, method="hand", delegate=delegate.id)

    made = await note(hall, delegate=delegate.id, override=True, reason="trưởng ban cho phép")

    assert (made.result, made.overridden) == ("checked_in", True)
    query = "SELECT who, detail ->> 'reason' FROM audit WHERE action = 'passage.note' ORDER BY seq DESC LIMIT 1"
    assert await hall.room.database.rows(query) == [(BY, "trưởng ban cho phép")]


async def test_what_is_taken_back_counts_no_more_and_what_came_after_it_does(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An")
    first = await note(hall, delegate=delegate.id)
    await note(hall, delegate=delegate.id)
    assert await results(hall.room) == ["checked_in", "already"]

    for _ in range(2):
        await hall.room.checkin.desk.undo("chief", UUID(first.id), "nhầm người")

    undone = await hall.room.checkin.passages.get(UUID(first.id))
    assert (undone.result, undone.by, undone.reason) == ("undone", "chief", "nhầm người")
    assert await results(hall.room) == ["undone", "checked_in"]
    assert await hall.room.database.rows("SELECT count(*) FROM audit WHERE action = 'passage.undo'") == [(1,)]


async def test_an_undone_visit_stays_so_when_its_gateway_says_more_of_it(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    first = face(delegate.person)
    await settle(hall.room, first)
    await hall.room.checkin.desk.undo(BY, first.visit, "nhầm")
    await settle(hall.room, face(delegate.person, visit=first.visit))

    assert await results(hall.room) == ["undone"]


async def test_an_undone_passage_of_nobody_known_stays_so_whoever_it_turns_out_to_be(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    stranger, somebody = face(None), face(None)
    await settle(hall.room, stranger, somebody)
    for one in (stranger, somebody):
        await hall.room.checkin.desk.undo(BY, one.visit, "nhầm")

    await settle(hall.room, face(None, visit=stranger.visit), face(delegate.person, visit=somebody.visit))
    assert await results(hall.room) == ["undone", "undone"]
    await settle(hall.room, face(None, visit=somebody.visit), face(uuid6.uuid7(), visit=stranger.visit))

    assert await results(hall.room) == ["undone", "undone"]


async def test_what_cannot_be_is_said(hall: Hall) -> None:
    an = await hall.delegate("Nguyễn Văn An", code="A-1")
    with pytest.raises(CheckInError, match="'draft'"):
        await note(hall, delegate=an.id)
    await hall.open()
    second = await hall.room.checkin.lists.create(BY, hall.occasion, ListIn(name="Ngày 2"))
    await hall.gate("gate-2", "cam-2", list=str(second.id))
    for asked, sentence in (
        ({"delegate": uuid6.uuid7()}, "no delegate"),
        ({"delegate": an.id, "gate": "gate-2"}, "no gate"),
    ):
        with pytest.raises(CheckInError, match=sentence):
            await note(hall, **asked)
    incomplete_ones: tuple[dict[str, Any], ...] = ({}, {"method": "code"}, {"method": "name", "code": "A-1"})
    for incomplete in incomplete_ones:
        with pytest.raises(InvalidMessage, match="is missing"):
            await note(hall, **incomplete)
    with pytest.raises(CheckInError, match="no list"):
        await hall.room.checkin.desk.note(BY, uuid6.uuid7(), PassageIn(id=uuid6.uuid7(), method="name", delegate=an.id))
    with pytest.raises(CheckInError, match="no passage"):
        await hall.room.checkin.desk.undo(BY, uuid6.uuid7(), "x")
    await hall.move(State.CLOSED)
    with pytest.raises(CheckInError, match="'closed'"):
        await note(hall, delegate=an.id)


async def test_a_record_of_who_came_is_not_deleted(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An")
    await note(hall, delegate=delegate.id)

    with pytest.raises(CheckInError, match="revoke"):
        await hall.room.checkin.delegates.delete(BY, delegate.id)
    with pytest.raises(CheckInError, match="record"):
        await hall.room.checkin.lists.delete(BY, hall.list)
    await hall.room.checkin.gates.delete(BY, "gate-1")
    assert await results(hall.room) == ["checked_in"]


async def test_the_numbers_are_by_delegation(hall: Hall) -> None:
    await hall.open()
    names = {"Tổ 1": ("Nguyễn Văn An", "Trần Thị Bình"), "Tổ 2": ("Lê Văn Chung",)}
    for delegation, members in names.items():
        for name in members:
            delegate = await hall.delegate(name)
            query = "UPDATE delegate SET delegation = %(delegation)s WHERE id = %(id)s"
            await hall.room.database.change(query, {"delegation": delegation, "id": delegate.id})
            if name != "Trần Thị Bình":
                await note(hall, delegate=delegate.id)
    guest = await hall.delegate("Khách Mời", listed=False)
    await note(hall, delegate=guest.id, override=True, reason="khách mời")

    counted = await hall.room.checkin.lists.attendance(hall.list)

    assert (counted.expected, counted.arrived, counted.inside) == (3, 3, 3)
    parts = [(one.delegation, one.expected, one.arrived) for one in counted.delegations]
    assert parts == [("", 0, 1), ("Tổ 1", 2, 1), ("Tổ 2", 1, 1)]


async def test_passages_come_page_by_page_the_last_first(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An")
    made = [(await note(hall, delegate=delegate.id)).id for _ in range(5)]
    found: list[str] = []
    word = None
    while True:
        page = await hall.room.checkin.passages.page(hall.list, word, 2)
        found += [one.id for one in page.items]
        word = page.next
        if word is None:
            break

    assert found == made[::-1]
