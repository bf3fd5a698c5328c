from uuid import UUID

import pytest
import uuid6

from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import ago, face, settle
from wardroom.errors import CheckInError

pytestmark = pytest.mark.servers

_PHOTO = "INSERT INTO photo (id, person, sealed, report, created_by) VALUES (%(id)s, %(person)s, %(sealed)s, '{}', 'organiser')"
_AGREE = "INSERT INTO consent (person, kind, given, noted_by) VALUES (%(person)s, 'photo_shown', %(given)s, 'organiser')"


async def enrolled(hall: Hall) -> UUID:
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    assert delegate.person is not None
    photo = uuid6.uuid7()
    sealed = hall.room.vault.seal("photo", str(photo), b"portrait")
    await hall.room.database.change(_PHOTO, {"id": photo, "person": delegate.person, "sealed": sealed})
    return delegate.person


async def test_a_photo_is_shown_only_of_who_agreed_and_just_came_and_every_look_is_in_the_log(hall: Hall) -> None:
    await hall.open()
    person = await enrolled(hall)
    portraits = hall.room.checkin.portraits
    now, long_ago = face(person), face(person, at=ago(301))
    await settle(hall.room, now, long_ago)
    with pytest.raises(CheckInError, match="no photo to be shown"):
        await portraits.of(now.visit, "screen")

    await hall.room.database.change(_AGREE, {"person": person, "given": True})
    assert await portraits.of(now.visit, "screen") == b"portrait"
    with pytest.raises(CheckInError):
        await portraits.of(long_ago.visit, "screen")

    await hall.room.database.change(_AGREE, {"person": person, "given": False})
    with pytest.raises(CheckInError):
        await portraits.of(now.visit, "screen")
    looks = await hall.room.database.rows("SELECT who, subject FROM audit WHERE action = 'photo.shown'")
    assert looks == [("screen", str(person))]


async def test_whose_time_is_over_is_not_shown_though_nobody_has_purged_them_yet(hall: Hall) -> None:
    await hall.open()
    person = await enrolled(hall)
    await hall.room.database.change(_AGREE, {"person": person, "given": True})
    await hall.room.database.change("UPDATE person SET retain_until = now() - interval '1 minute'", {})
    seen = face(person)
    await settle(hall.room, seen)

    assert [one.photo for one in hall.room.hub._greetings.last(5)] == [False]
    with pytest.raises(CheckInError, match="no photo to be shown"):
        await hall.room.checkin.portraits.of(seen.visit, "screen")


async def test_a_greeting_says_whether_there_is_a_photo_to_show(hall: Hall) -> None:
    await hall.open()
    person = await enrolled(hall)
    await hall.room.database.change(_AGREE, {"person": person, "given": True})
    await settle(hall.room, face(person))

    assert [one.photo for one in hall.room.hub._greetings.last(5)] == [True]


async def test_nobody_is_shown_who_was_not_let_in(hall: Hall) -> None:
    await hall.open()
    person = await enrolled(hall)
    await hall.room.database.change(_AGREE, {"person": person, "given": True})
    delegate = (await hall.room.database.rows("SELECT id FROM delegate"))[0][0]
    await hall.room.checkin.delegates.revoke(BY, delegate, "x")
    seen = face(person)
    await settle(hall.room, seen)

    with pytest.raises(CheckInError):
        await hall.room.checkin.portraits.of(seen.visit, "screen")
