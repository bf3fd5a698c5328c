import asyncio
import dataclasses
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import uuid6

from center.occasions import refolding
from center.occasions.delegate_models import DelegatePatch
from center.occasions.models import ListIn
from center.room import Room
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import ago, code, face, results, settle
from wardroom.clock import SystemClock

pytestmark = pytest.mark.servers


@pytest.fixture
async def other(room: Room) -> AsyncIterator[Room]:
    """A second center on the same database."""
    second = Room.assemble(room.settings, SystemClock())
    async with second.database:
        yield second


async def test_three_cameras_and_a_badge_within_a_minute_are_one_check_in(hall: Hall) -> None:
    for number in (2, 3):
        await hall.gate(f"gate-{number}", f"cam-{number}")
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True, code="A-1")

    await settle(
        hall.room,
        face(delegate.person, at=ago(50)),
        face(delegate.person, at=ago(40), camera="cam-2"),
        code("A-1", at=ago(30)),
        face(delegate.person, at=ago(20), camera="cam-3"),
    )

    assert await results(hall.room) == ["checked_in", "already", "already", "already"]
    counted = await hall.room.checkin.lists.get(hall.list)
    assert (counted.expected, counted.arrived, counted.inside) == (1, 1, 1)


async def test_two_gates_at_the_same_instant_give_one_check_in_and_one_already(hall: Hall, other: Room) -> None:
    await hall.gate("gate-2", "cam-2")
    await hall.open()
    for centers in ((hall.room, hall.room), (hall.room, other)):
        for _ in range(10):
            delegate = await hall.delegate("Nguyễn Văn An", person=True)
            delegate_at = ago()
            hall.people.clear()
            both = (face(delegate.person, at=delegate_at), face(delegate.person, at=delegate_at, camera="cam-2"))
            await asyncio.gather(*[settle(center, one) for center, one in zip(centers, both, strict=True)])

            query = "SELECT result FROM passage WHERE delegate = %(id)s ORDER BY result"
            assert await hall.room.database.rows(query, {"id": delegate.id}) == [("already",), ("checked_in",)]


async def test_the_same_sighting_in_two_centers_at_once_is_one_passage(hall: Hall, other: Room) -> None:
    await hall.open()
    for _ in range(10):
        delegate = await hall.delegate("Nguyễn Văn An", person=True)
        hall.people.clear()
        one = face(delegate.person)
        await asyncio.gather(settle(hall.room, one), settle(other, one), settle(other, one))

        query = "SELECT result FROM passage WHERE delegate = %(id)s"
        assert await hall.room.database.rows(query, {"id": delegate.id}) == [("checked_in",)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_of_two_gates_that_were_alone_the_later_one_is_marked(hall: Hall, order: tuple[int, int]) -> None:
    await hall.gate("gate-2", "cam-2")
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    both = (
        face(delegate.person, at=ago(0), offline=True),
        face(delegate.person, at=ago(0) + timedelta(seconds=30), received=ago(-300), offline=True, camera="cam-2"),
    )

    await settle(hall.room, *[both[place] for place in order])

    rows = await hall.room.database.rows("SELECT gate, result, offline FROM passage ORDER BY at")
    assert rows == [("gate-1", "checked_in", True), ("gate-2", "already", True)]


async def test_who_goes_out_and_comes_back_re_enters(hall: Hall) -> None:
    await hall.gate("gate-out", "cam-out", direction="out")
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    came, went = "cam-1", "cam-out"
    await settle(hall.room, *[face(delegate.person, camera=camera) for camera in (went, came, went, went, came)])

    assert await results(hall.room) == ["already", "checked_in", "left", "already", "re_entered"]
    found = await hall.room.checkin.roll.get(delegate.id)
    assert found.inside == {hall.list: True}
    assert found.arrived[hall.list] is not None


async def test_a_visit_that_turns_out_to_be_somebody_else_is_moved_and_both_are_found_anew(hall: Hall) -> None:
    await hall.open()
    an = await hall.delegate("Nguyễn Văn An", person=True)
    binh = await hall.delegate("Trần Thị Bình", person=True)
    mistaken = face(an.person, at=ago(60))
    later = face(an.person, at=ago(30))
    await settle(hall.room, mistaken, later)
    assert await results(hall.room) == ["checked_in", "already"]

    corrected = face(binh.person, at=ago(58), visit=mistaken.visit)
    await settle(hall.room, corrected, mistaken)  # and the older event once more: it says nothing new

    rows = await hall.room.database.rows("SELECT delegate, result FROM passage ORDER BY at")
    assert rows == [(binh.id, "checked_in"), (an.id, "checked_in")]


async def test_an_unknown_face_that_is_known_a_moment_later_is_one_passage(hall: Hall) -> None:
    await hall.open()
    an = await hall.delegate("Nguyễn Văn An", person=True)
    first = face(None, at=ago(5))
    await settle(hall.room, first)
    assert await results(hall.room) == ["unknown"]

    await settle(hall.room, face(an.person, visit=first.visit))
    assert await results(hall.room) == ["checked_in"]


async def test_each_refusal_has_its_own_result(hall: Hall) -> None:
    room = hall.room
    other = await Hall.plan(room, gate="gate-9", camera="cam-9")
    await hall.open()
    expected: dict[str, Any] = {}
    delegates = room.checkin.delegates

    revoked = await hall.delegate("Thu Hồi", person=True, code="revoked")
    await delegates.revoke(BY, revoked.id, "mất tư cách")
    unlisted = await hall.delegate("Ngoài Danh Sách", code="unlisted", listed=False)
    withdrawn = await hall.delegate("Rút Đồng Ý", person=True, code="withdrawn")
    assert withdrawn.person is not None
    await hall.agree(withdrawn.person, given=False)
    foreign = await other.delegate("Sự Kiện Khác", code="foreign")

    for text, seen in {
        "revoked": face(revoked.person),
        "not_on_list": code("unlisted"),
        "consent_withdrawn": face(withdrawn.person),
        "wrong_event": code("foreign"),
        "unknown": code("nobody's"),
        "checked_in": code("withdrawn"),  # a badge needs no consent to recognition
    }.items():
        await settle(room, seen)
        expected[text] = seen.visit

    rows = await room.database.rows("SELECT result, id FROM passage")
    assert dict(rows) == expected
    assert {unlisted.id, foreign.id} < {row[0] for row in await room.database.rows("SELECT delegate FROM passage")}


async def test_what_is_known_of_a_delegate_later_counts_for_what_was_seen_before(hall: Hall) -> None:
    await hall.open()
    delegates = hall.room.checkin.delegates
    delegate = await hall.delegate("Nguyễn Văn An", code="A-1", listed=False)
    await settle(hall.room, code("A-1"))
    assert await results(hall.room) == ["not_on_list"]

    await delegates.change(BY, delegate.id, DelegatePatch(lists=(hall.list,)))
    assert await results(hall.room) == ["checked_in"]

    await delegates.revoke(BY, delegate.id, "x")
    assert await results(hall.room) == ["checked_in"], "a revocation holds from then on"
    await settle(hall.room, code("A-1"))
    assert await results(hall.room) == ["checked_in", "revoked"]
    await delegates.restore(BY, delegate.id)
    assert await results(hall.room) == ["checked_in", "already"]


async def test_somebody_who_is_expected_at_two_occasions_is_counted_where_they_come(hall: Hall) -> None:
    room = hall.room
    other = await Hall.plan(room, gate="gate-9", camera="cam-9")
    other.people = hall.people
    here = await hall.delegate("Nguyễn Văn An", person=True)
    there = await other.delegate("Nguyễn Văn An", person=True)
    await hall.open()
    await other.open()

    await settle(room, face(here.person), face(here.person, camera="cam-9"))

    rows = await room.database.rows("SELECT delegate, result FROM passage")
    assert set(rows) == {(here.id, "checked_in"), (there.id, "checked_in")}


async def test_a_person_whom_nobody_expects_is_on_no_list_and_another_gallerys_name_is_nobodys(hall: Hall) -> None:
    await hall.open()
    person = await hall.person("Nhân Viên")
    await settle(hall.room, face(person, at=ago(2)), dataclasses.replace(face(None, at=ago(1)), person="obama"))

    assert await results(hall.room) == ["not_on_list", "unknown"]


async def test_where_nothing_is_on_nobody_passes(hall: Hall) -> None:
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await settle(hall.room, face(delegate.person))  # a draft
    await hall.open()
    await settle(hall.room, face(delegate.person, camera="cam-7"))  # a camera of no gate

    assert await results(hall.room) == []


async def test_a_clock_from_the_future_puts_nobody_behind_whoever_comes_later(hall: Hall) -> None:
    await hall.gate("gate-2", "cam-2")
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    now = ago()
    ahead = face(delegate.person, at=now, received=now)  # as `sightings` makes it of a clock ten minutes ahead
    await settle(hall.room, face(delegate.person, at=now + timedelta(seconds=2), camera="cam-2"), ahead)

    assert await hall.room.database.rows("SELECT gate, result FROM passage ORDER BY at") == [
        ("gate-1", "checked_in"),
        ("gate-2", "already"),
    ]


async def test_of_two_sessions_at_one_camera_the_one_that_is_on_counts(hall: Hall) -> None:
    tomorrow = await hall.room.checkin.lists.create(BY, hall.occasion, ListIn(name="Ngày 2", starts=ago(-3_600), ends=ago(-7_200)))
    today = await hall.room.checkin.lists.create(BY, hall.occasion, ListIn(name="Ngày 1", starts=ago(3_600), ends=ago(-3_600)))
    for name, in_list in (("day-2", tomorrow.id), ("day-1", today.id)):
        await hall.gate(name, "cam-5", list=str(in_list))
    await hall.open()
    await settle(hall.room, face(None, camera="cam-5"))

    assert await hall.room.database.rows("SELECT gate FROM passage") == [("day-1",)]


async def test_what_says_nothing_new_changes_nothing(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    one = face(delegate.person)
    await settle(hall.room, one)
    before = await hall.room.database.rows("SELECT * FROM passage")

    for _ in range(3):
        await settle(hall.room, one)

    assert await hall.room.database.rows("SELECT * FROM passage") == before


async def test_a_shot_that_comes_with_a_later_event_is_kept(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    first = face(delegate.person)
    shot = bytes(range(32))
    await settle(hall.room, first, face(delegate.person, visit=first.visit, evidence=shot), face(delegate.person, visit=first.visit))

    assert await hall.room.database.rows("SELECT evidence FROM passage") == [(shot,)]


ORDERS = list(itertools.permutations(range(3)))


@pytest.mark.parametrize("order", ORDERS)
async def test_a_visit_is_whose_its_last_event_says_in_whatever_order_they_come(hall: Hall, order: tuple[int, ...]) -> None:
    await hall.open()
    an = await hall.delegate("Nguyễn Văn An", person=True)
    binh = await hall.delegate("Trần Thị Bình", person=True)
    visit = uuid6.uuid7()
    told = [face(person, visit=visit, at=ago(9 - number)) for number, person in enumerate((an.person, None, binh.person))]

    await settle(hall.room, *[told[place] for place in order])

    rows = await hall.room.database.rows("SELECT delegate, result, at FROM passage")
    assert rows == [(binh.id, "checked_in", told[0].at)]


async def test_another_word_of_a_visit_does_not_undo_what_it_has_come_to_count_for_meanwhile(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    first = face(delegate.person, at=ago(10))
    await settle(hall.room, first)
    async with hall.room.database.transaction() as other:
        await refolding.lock(other, [delegate.id])
        again = asyncio.create_task(settle(hall.room, face(delegate.person, at=ago(10), visit=first.visit, score=0.9)))
        while not await hall.room.database.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - of another session
            await asyncio.sleep(0.02)
        await other.execute("UPDATE passage SET result = 'already' WHERE id = %(id)s", {"id": first.visit})  # an earlier one came
    await again

    assert await results(hall.room) == ["already"]
