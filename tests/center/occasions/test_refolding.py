import asyncio

import pytest

from center.occasions import refolding
from center.occasions.delegate_models import DelegatePatch
from center.people.models import ConsentIn
from tests.center.crossing import crossed, waiting
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import PLACE, face, results, settle

pytestmark = pytest.mark.servers


async def says(hall: Hall, person: object, *, given: bool) -> set[str]:
    """Note a word on being recognised; return the passages that count for something else then."""
    _, changed = await hall.room.people.consent(str(person), ConsentIn(kind="face", given=given, note=""), BY)
    return {str(one) for one in changed}


async def test_a_word_of_consent_counts_at_once_and_not_at_the_next_passage(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await says(hall, delegate.person, given=False)
    seen = [face(delegate.person), face(delegate.person)]
    await settle(hall.room, *seen)
    assert await results(hall.room) == ["consent_withdrawn", "consent_withdrawn"]

    changed = await says(hall, delegate.person, given=True)

    assert changed == {str(one.visit) for one in seen}
    assert await results(hall.room) == ["checked_in", "already"]
    await says(hall, delegate.person, given=False)
    assert await results(hall.room) == ["checked_in", "already"], "what was seen before the word stays"


async def test_a_word_of_consent_counts_on_every_list_of_every_occasion(hall: Hall) -> None:
    other = await Hall.plan(hall.room, gate="gate-2", camera="cam-2", name="Hội nghị")
    other.people = hall.people
    for one in (hall, other):
        await one.delegate("Nguyễn Văn An", person=True)
        await one.open()
    person = hall.people["Nguyễn Văn An"]
    await hall.agree(person, given=False)
    await settle(hall.room, face(person), face(person, camera="cam-2"))
    assert await results(hall.room) == ["consent_withdrawn", "consent_withdrawn"]

    await says(hall, person, given=True)

    assert await results(hall.room) == ["checked_in", "checked_in"]


async def test_who_is_revoked_restored_taken_off_a_list_and_put_on_it_counts_so_at_once(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    delegates = hall.room.checkin.delegates
    await delegates.revoke(BY, delegate.id, "nhầm")
    await settle(hall.room, face(delegate.person))
    found = [await results(hall.room)]
    await delegates.restore(BY, delegate.id)
    found.append(await results(hall.room))
    for lists in ((), (hall.list,)):
        await delegates.change(BY, delegate.id, DelegatePatch(lists=lists))
        found.append(await results(hall.room))

    assert found == [["revoked"], ["checked_in"], ["not_on_list"], ["checked_in"]]


async def test_who_is_erased_at_this_moment_passes_as_nobody_expected(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    seen = face(delegate.person)

    await crossed(hall.room.database, hall.room.people.erase(str(delegate.person), BY), settle(hall.room, seen))

    assert await hall.room.database.rows("SELECT id, delegate, result FROM passage") == [(seen.visit, None, "not_on_list")]


async def test_of_who_passes_at_the_moment_of_their_erasure_no_best_shot_is_left(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    shot = bytes(range(32))
    await hall.room.checkin.shots.keep(shot, PLACE, b"jpeg")
    async with hall.room.database.transaction() as connection:  # what `settle` does, in its order
        await refolding.lock(connection, [delegate.id])
        erasing = asyncio.create_task(hall.room.people.erase(str(delegate.person), BY))
        await waiting(hall.room.database)
        values = {"occasion": hall.occasion, "list": hall.list, "delegate": delegate.id, "shot": shot}
        await connection.execute(PASSED, values)
    erased = await erasing

    assert (erased.rows["passage"], erased.rows["evidence"]) == (1, 1)
    assert await hall.room.database.rows("SELECT FROM evidence") == []


PASSED = """
INSERT INTO passage (id, occasion, list, delegate, direction, method, result, at, evidence)
VALUES (gen_random_uuid(), %(occasion)s, %(list)s, %(delegate)s, 'in', 'face', 'checked_in', now(), %(shot)s)
"""
