import pytest
import uuid6

from center.occasions import badges
from center.occasions.delegate_models import DelegateIn, DelegatePatch
from center.occasions.models import ListIn
from center.occasions.passage_models import PassageIn
from tests.center.crossing import crossed
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import results
from wardroom.errors import CheckInError

pytestmark = pytest.mark.servers


async def test_a_delegate_gets_a_badge_that_only_the_key_can_read(hall: Hall) -> None:
    delegate = await hall.delegate("Nguyễn Văn An")

    ((digest, sealed),) = await hall.room.database.rows("SELECT badge_digest, badge_sealed FROM delegate")
    code = hall.room.vault.open(badges.SEALED_AS, str(delegate.id), sealed).decode()
    assert delegate.badge
    assert digest == badges.digest(code)
    assert code.encode() not in sealed


async def test_a_new_badge_ends_the_old_one(hall: Hall) -> None:
    delegate = await hall.delegate("Nguyễn Văn An", code="OLD")
    await hall.room.checkin.delegates.badge(BY, delegate.id)

    ((digest,),) = await hall.room.database.rows("SELECT badge_digest FROM delegate")
    assert digest != badges.digest("OLD")


async def test_two_delegates_never_have_one_code(hall: Hall) -> None:
    await hall.delegate("Nguyễn Văn An", code="A-1")

    with pytest.raises(CheckInError, match="another delegate of this event has this code"):
        await hall.delegate("Trần Thị Bình", code=" A-1 ")


async def test_what_is_changed_of_a_delegate_is_changed_and_nothing_else(hall: Hall) -> None:
    before = await hall.delegate("Nguyễn Văn An")
    second = await hall.room.checkin.lists.create(BY, hall.occasion, ListIn(name="Phiên bế mạc"))

    await hall.room.checkin.delegates.change(BY, before.id, DelegatePatch(seat="A12", lists=(second.id,)))

    after = await hall.room.checkin.roll.get(before.id)
    assert (after.seat, after.lists) == ("A12", [second.id])
    assert after.model_copy(update={"seat": "", "lists": before.lists, "arrived": before.arrived, "inside": before.inside}) == before


async def test_what_is_not_there_is_said_to_be_not_there(hall: Hall) -> None:
    delegates, nobody = hall.room.checkin.delegates, uuid6.uuid7()
    known = await hall.delegate("Nguyễn Văn An")
    refused = (
        (delegates.create(BY, nobody, DelegateIn(name="x")), "no occasion"),
        (delegates.create(BY, hall.occasion, DelegateIn(name="x", lists=(nobody,))), "no list"),
        (delegates.create(BY, hall.occasion, DelegateIn(name="x", person=nobody)), "no person"),
        (delegates.change(BY, nobody, DelegatePatch(seat="1")), "no delegate"),
        (delegates.change(BY, known.id, DelegatePatch(lists=(nobody,))), "no list"),
        (delegates.revoke(BY, nobody, "x"), "no delegate"),
        (delegates.restore(BY, nobody), "no delegate"),
        (delegates.badge(BY, nobody), "no delegate"),
        (delegates.delete(BY, nobody), "no delegate"),
    )
    for asked, sentence in refused:
        with pytest.raises(CheckInError, match=sentence):
            await asked
    assert len(await hall.room.database.rows("SELECT 1 FROM delegate")) == 1


async def test_a_delegate_who_was_entered_by_mistake_goes(hall: Hall) -> None:
    delegate = await hall.delegate("Nguyễn Văn An")
    await hall.room.checkin.delegates.delete(BY, delegate.id)

    assert await hall.room.database.rows("SELECT 1 FROM list_entry") == []


async def test_the_log_names_a_delegate_by_an_id_that_leads_to_nobody_once_they_are_erased(hall: Hall) -> None:
    delegate = await hall.delegate("Nguyễn Văn An")
    await hall.room.checkin.delegates.delete(BY, delegate.id)

    rows = await hall.room.database.rows("SELECT action, subject, detail::text FROM audit WHERE action LIKE 'delegate.%'")
    assert [(action, subject) for action, subject, _ in rows] == [
        ("delegate.create", str(delegate.id)),
        ("delegate.delete", str(delegate.id)),
    ]
    assert not any("An" in detail for _, _, detail in rows)


async def test_who_is_checked_in_at_this_moment_is_not_deleted_from_the_record(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An")
    asked = PassageIn(id=uuid6.uuid7(), method="name", delegate=delegate.id)
    checkin = hall.room.checkin

    _, refused = await crossed(hall.room.database, checkin.desk.note(BY, hall.list, asked), checkin.delegates.delete(BY, delegate.id))

    assert isinstance(refused, CheckInError)
    assert refused.key == "occasion.delegate_in_use"
    assert await results(hall.room) == ["checked_in"]


async def test_who_is_deleted_at_this_moment_is_not_checked_in_and_that_is_said(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An")
    asked = PassageIn(id=uuid6.uuid7(), method="name", delegate=delegate.id)
    checkin = hall.room.checkin

    _, refused = await crossed(hall.room.database, checkin.delegates.delete(BY, delegate.id), checkin.desk.note(BY, hall.list, asked))

    assert isinstance(refused, CheckInError)
    assert refused.key == "occasion.no_delegate"
