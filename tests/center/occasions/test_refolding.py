import pytest

from center.occasions.delegate_models import DelegatePatch
from center.people.models import ConsentIn
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import face, results, settle

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
    assert await says(hall, delegate.person, given=False) == set(), "what was seen before the word stays"


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
