"""/api/v1/lists/{list}/passages and /api/v1/passages → who passed, and what the desk does about it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from center.models import Page
from center.occasions.passage_models import PassageIn, PassageOut, UndoIn
from center.routes.given import Organiser, RoomGiven

router = APIRouter()


@router.post("/lists/{number}/passages")
async def note_passage(room: RoomGiven, who: Organiser, number: UUID, asked: PassageIn) -> PassageOut:
    await room.checkin.telling.tell(await room.checkin.desk.note(who.account, number, asked))
    return await room.checkin.passages.get(asked.id)


@router.post("/passages/{passage}/undo")
async def undo_passage(room: RoomGiven, who: Organiser, passage: UUID, asked: UndoIn) -> PassageOut:
    await room.checkin.telling.tell(await room.checkin.desk.undo(who.account, passage, asked.reason))
    return await room.checkin.passages.get(passage)


@router.get("/lists/{number}/passages")
async def list_passages(
    room: RoomGiven,
    _who: Organiser,
    number: UUID,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> Page[PassageOut]:
    await room.checkin.lists.check(number)
    return await room.checkin.passages.page(number, cursor, limit)
