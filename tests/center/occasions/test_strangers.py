import asyncio
import hashlib
import math
from uuid import UUID

import pytest

from center.occasions.passage_models import StrangerState
from center.room import Room
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import PLACE, ago, face, settle
from wardroom.clock import SystemClock

pytestmark = pytest.mark.servers

MODEL = "drawn:0:1"


def shot(number: int) -> bytes:
    return hashlib.sha256(bytes([number])).digest()


def looks(degrees: float) -> tuple[float, float]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


async def keep(room: Room, number: int, degrees: float | None) -> bytes:
    """Keep a best shot of somebody who looks so; None: a center without eyes."""
    digest = shot(number)
    if degrees is None:
        await room.checkin.shots.keep(digest, PLACE, b"jpeg")
    else:
        await room.checkin.shots.keep(digest, PLACE, b"jpeg", model=MODEL, embedding=looks(degrees))
    await room.strangers.seen(digest)
    return digest


async def queue(hall: Hall, state: StrangerState = StrangerState.OPEN) -> list[tuple[int, list[str]]]:
    found = await hall.room.checkin.lookout.queue(hall.occasion, state)
    return sorted((one.count, sorted(one.evidence)) for one in found)


async def test_unknown_faces_that_look_alike_are_one_stranger_whichever_comes_first(hall: Hall) -> None:
    await hall.open()
    for number, degrees in enumerate((0, 10, 170, 5)):
        if number % 2:
            await keep(hall.room, number, degrees)  # the picture before the event
        await settle(hall.room, face(None, evidence=shot(number), at=ago(60 - number)))
        if not number % 2:
            await keep(hall.room, number, degrees)

    assert await queue(hall) == [(1, [shot(2).hex()]), (3, sorted(shot(number).hex() for number in (0, 1, 3)))]


async def test_two_centers_know_each_others_strangers(hall: Hall) -> None:
    await hall.open()
    other = Room.assemble(hall.room.settings, SystemClock())
    async with other.database:
        for number in range(6):
            await hall.room.checkin.shots.keep(shot(number), PLACE, b"jpeg", model=MODEL, embedding=looks(number))
        seen = [face(None, evidence=shot(number)) for number in range(6)]
        await asyncio.gather(*[settle(center, one) for center, one in zip((hall.room, other) * 3, seen, strict=True)])

    assert [count for count, _ in await queue(hall)] == [6]


async def test_a_center_without_eyes_queues_each_face_by_itself(hall: Hall) -> None:
    await hall.open()
    for number in range(2):
        await settle(hall.room, face(None, evidence=shot(number)))
        await keep(hall.room, number, None)
    await settle(hall.room, face(None))  # without a picture there is nothing to look at

    assert [count for count, _ in await queue(hall)] == [1, 1]


async def test_who_is_ignored_is_left_out_also_when_they_come_again(hall: Hall) -> None:
    await hall.open()
    await settle(hall.room, face(None, evidence=shot(0)))
    await keep(hall.room, 0, 0)
    (stranger,) = await hall.room.checkin.lookout.queue(hall.occasion, StrangerState.OPEN)
    await hall.room.checkin.lookout.ignore(BY, stranger.id)

    restarted = Room.assemble(hall.room.settings, SystemClock())
    async with restarted.database:
        await settle(restarted, face(None, evidence=shot(1)))
        await keep(restarted, 1, 3)

    assert await queue(hall) == []
    assert [count for count, _ in await queue(hall, StrangerState.IGNORED)] == [2]


async def test_a_stranger_who_turns_out_to_be_known_is_a_stranger_no_more(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    first = face(None, evidence=shot(0))
    await settle(hall.room, first)
    await keep(hall.room, 0, 0)
    assert len(await queue(hall)) == 1

    await settle(hall.room, face(delegate.person, visit=first.visit, evidence=shot(0)))

    assert await hall.room.database.rows("SELECT count(*) FROM stranger") == [(0,)]
    assert await hall.room.database.rows("SELECT result, stranger FROM passage") == [("checked_in", None)]


async def test_what_was_missed_is_found_by_looking_again(hall: Hall) -> None:
    await hall.open()
    await settle(hall.room, face(None, evidence=shot(0)))
    await hall.room.checkin.shots.keep(shot(0), PLACE, b"jpeg", model=MODEL, embedding=looks(0))  # and nobody was told

    await hall.room.strangers.look()

    assert len(await queue(hall)) == 1


async def test_a_face_of_another_key_is_as_if_there_were_no_eyes(hall: Hall) -> None:
    await hall.open()
    await settle(hall.room, face(None, evidence=shot(0)))
    await hall.room.checkin.shots.keep(shot(0), PLACE, b"jpeg", model=MODEL, embedding=looks(0))
    await hall.room.database.change("UPDATE evidence SET embedding_sealed = 'damaged'")
    await hall.room.strangers.seen(shot(0))

    assert len(await queue(hall)) == 1


async def test_a_stranger_shows_at_the_desk(hall: Hall) -> None:
    await hall.open()
    seen = face(None, evidence=shot(0))
    await settle(hall.room, seen)
    await keep(hall.room, 0, 0)

    ((stranger,),) = await hall.room.database.rows("SELECT id FROM stranger")
    shown = hall.room.hub._passages.get(str(seen.visit))
    assert shown is not None
    assert (UUID(str(shown.stranger)), shown.evidence) == (stranger, shot(0).hex())


async def test_a_stranger_that_goes_while_a_face_is_placed_stops_nothing(hall: Hall) -> None:
    await hall.open()
    first, second = face(None, evidence=shot(0)), face(None, evidence=shot(1))
    await settle(hall.room, first)
    await keep(hall.room, 0, 0)
    await settle(hall.room, second)
    await hall.room.checkin.shots.keep(shot(1), PLACE, b"jpeg", model=MODEL, embedding=looks(1))

    async with hall.room.database.transaction() as other:
        await other.execute("SELECT 1 FROM passage WHERE id = %(id)s FOR UPDATE", {"id": second.visit})
        looking = asyncio.create_task(hall.room.strangers.look())
        while not await hall.room.database.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - of another session
            await asyncio.sleep(0.02)
        await other.execute("DELETE FROM passage WHERE id = %(id)s", {"id": first.visit})
        await other.execute("DELETE FROM stranger")
    await looking
    await hall.room.strangers.look()

    assert await queue(hall) == [(1, [shot(1).hex()])]
