"""/api/v1/occasions/{occasion}/strangers, /api/v1/strangers and /api/v1/evidence → faces nobody knows, and what somebody says of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from center import problems
from center.occasions.passage_models import AssignIn, AssignOut, StrangerOut, StrangerState
from center.routes.given import Organiser, RoomGiven

router = APIRouter()
JPEG = "image/jpeg"


@router.get("/occasions/{occasion}/strangers")
async def list_strangers(
    room: RoomGiven, _who: Organiser, occasion: UUID, state: Annotated[StrangerState, Query()] = StrangerState.OPEN
) -> list[StrangerOut]:
    await room.checkin.occasions.check(occasion)
    return await room.checkin.lookout.queue(occasion, state)


@router.post("/strangers/{stranger}/assign")
async def assign_stranger(room: RoomGiven, who: Organiser, stranger: UUID, asked: AssignIn, request: Request) -> AssignOut:
    changed, named = await room.checkin.lookout.assign(who.account, stranger, asked.delegate)
    await room.checkin.telling.tell(changed)
    if not asked.enrol:
        return AssignOut(passages=named, enrolled=False, reason=None)
    refusal = await room.checkin.lookout.enrol(who.account, stranger, asked.delegate)
    reason = None if refusal is None else refusal.sentence(problems.language(request.headers))
    return AssignOut(passages=named, enrolled=refusal is None, reason=reason)


@router.post("/strangers/{stranger}/ignore", status_code=204)
async def ignore_stranger(room: RoomGiven, who: Organiser, stranger: UUID) -> None:
    await room.checkin.lookout.ignore(who.account, stranger)


@router.get("/evidence/{digest}", response_class=Response, responses={200: {"content": {JPEG: {}}}})
async def get_evidence(room: RoomGiven, who: Organiser, digest: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]) -> Response:
    jpeg = await room.checkin.shots.get(bytes.fromhex(digest))
    await room.audit.note(who.account, "evidence.look", digest)
    return Response(jpeg, media_type=JPEG)
