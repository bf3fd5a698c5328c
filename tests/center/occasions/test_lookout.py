from dataclasses import dataclass, field
from uuid import UUID

import pytest
import uuid6

from center.occasions.lookout import Lookout
from center.occasions.passage_models import StrangerOut, StrangerState
from center.room import Room
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import PLACE, ago, face, results, settle
from wardroom.errors import CheckInError, PeopleError, Spoken

pytestmark = pytest.mark.servers

SHOT = bytes(range(32))


async def stranger(hall: Hall, *visits: UUID) -> StrangerOut:
    """Return somebody nobody knows, who passed as often as there are visits."""
    for number, visit in enumerate(visits or (uuid6.uuid7(), uuid6.uuid7())):
        await settle(hall.room, face(None, visit=visit, evidence=SHOT, at=ago(60 - number)))
    if not await hall.room.database.rows("SELECT 1 FROM evidence"):
        await hall.room.checkin.shots.keep(SHOT, PLACE, b"best shot", model="m:0:1", embedding=(1.0, 0.0))
    await hall.room.strangers.seen(SHOT)
    (found,) = await hall.room.checkin.lookout.queue(hall.occasion, StrangerState.OPEN)
    return found


async def test_the_passages_of_a_stranger_become_the_delegates_and_count(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An")  # nobody's face: named by hand
    found = await stranger(hall)
    assert await results(hall.room) == ["unknown", "unknown"]

    changed, named = await hall.room.checkin.lookout.assign(BY, found.id, delegate.id)

    assert (len(changed), named) == (2, 2)
    assert await results(hall.room) == ["checked_in", "already"]
    assert await hall.room.checkin.lookout.queue(hall.occasion, StrangerState.OPEN) == []
    assert {one.by for one in (await hall.room.checkin.passages.page(hall.list, None, 10)).items} == {BY}


async def test_no_later_word_of_a_gateway_undoes_a_persons(hall: Hall) -> None:
    await hall.open()
    an = await hall.delegate("Nguyễn Văn An")
    binh = await hall.delegate("Trần Thị Bình", person=True)
    visit = uuid6.uuid7()
    found = await stranger(hall, visit)
    await hall.room.checkin.lookout.assign(BY, found.id, an.id)

    await settle(hall.room, face(None, visit=visit, evidence=SHOT), face(binh.person, visit=visit, evidence=SHOT))

    assert await hall.room.database.rows("SELECT delegate, result FROM passage") == [(an.id, "checked_in")]


async def test_who_was_named_and_comes_again_unknown_is_asked_for_again(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An")
    first = await stranger(hall)
    await hall.room.checkin.lookout.assign(BY, first.id, delegate.id)

    again = await stranger(hall, uuid6.uuid7())

    assert again.id != first.id
    assert again.count == 1


async def test_what_is_not_there_is_said_to_be_not_there(hall: Hall) -> None:
    await hall.open()
    lookout = hall.room.checkin.lookout
    delegate = await hall.delegate("Nguyễn Văn An")
    found = await stranger(hall)
    for asked, sentence in (
        (lookout.assign(BY, uuid6.uuid7(), delegate.id), "no stranger"),
        (lookout.assign(BY, found.id, uuid6.uuid7()), "no delegate"),
        (lookout.ignore(BY, uuid6.uuid7()), "no stranger"),
    ):
        with pytest.raises(CheckInError, match=sentence):
            await asked
    await lookout.assign(BY, found.id, delegate.id)
    with pytest.raises(CheckInError, match="no stranger"):
        await lookout.ignore(BY, found.id)


@dataclass
class _Found:
    refusal: Spoken | None = None


@dataclass
class OneAlbum:
    """An album that keeps what it is given, or says why not."""

    refusal: Spoken | None = None
    error: PeopleError | None = None
    kept: list[tuple[str, bytes]] = field(default_factory=list)

    async def add(self, person: str, data: bytes, file: str, who: str) -> tuple[str | None, _Found]:
        if self.error is not None:
            raise self.error
        assert (file.endswith(".jpg"), who) == (True, BY)
        self.kept.append((person, data))
        return "photo" if self.refusal is None else None, _Found(self.refusal)


def with_album(room: Room, album: OneAlbum) -> Lookout:
    return Lookout(database=room.database, audit=room.audit, shots=room.checkin.shots, album=album)


async def test_a_best_shot_becomes_a_photo_where_the_person_is_on_record(hall: Hall) -> None:
    await hall.open()
    known = await hall.delegate("Nguyễn Văn An", person=True)
    unknown = await hall.delegate("Trần Thị Bình")
    found = await stranger(hall)
    album = OneAlbum()
    lookout = with_album(hall.room, album)

    assert await lookout.enrol(BY, found.id, known.id) is None
    refused = await lookout.enrol(BY, found.id, unknown.id)

    assert album.kept == [(str(known.person), b"best shot")]
    assert refused is not None
    assert "no person on record" in refused.sentence("en")


async def test_why_a_best_shot_became_no_photo_is_said(hall: Hall) -> None:
    await hall.open()
    known = await hall.delegate("Nguyễn Văn An", person=True)
    found = await stranger(hall)
    no = PeopleError("people.no_key")
    for album in (OneAlbum(refusal=no), OneAlbum(error=no)):
        assert await with_album(hall.room, album).enrol(BY, found.id, known.id) is no
    await hall.room.database.change("DELETE FROM evidence")
    gone = await with_album(hall.room, OneAlbum()).enrol(BY, found.id, known.id)
    assert gone is not None
    assert "no best shot" in gone.sentence("en")
