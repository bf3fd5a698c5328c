"""GET /api/v1/audit → the log of who did and looked at what, the newest first, for an administrator."""

from typing import Annotated

from fastapi import APIRouter, Query

from center.cursors import cursor, places
from center.models import Page, PageIn
from center.people.models import AuditOut
from center.routes.given import Administrator, RoomGiven

router = APIRouter()

_END = 2**62 - 1


@router.get("/audit")
async def list_audit(room: RoomGiven, _who: Administrator, page: Annotated[PageIn, Query()]) -> Page[AuditOut]:
    before = places(page.cursor, (int,)) or [_END]
    lines = await room.audit.newest(int(before[0]), page.limit + 1)
    more = cursor([lines[page.limit - 1].seq]) if len(lines) > page.limit else None
    return Page[AuditOut](items=[AuditOut.model_validate(line, from_attributes=True) for line in lines[: page.limit]], next=more)
