"""/api/v1/occasions/{occasion}/imports and /api/v1/imports → lists of delegates: a dry run, then the commit."""

from uuid import UUID

from fastapi import APIRouter, Request

from center.papers.models import ImportIn, ImportOut
from center.problems import language
from center.routes.given import Organiser, RoomGiven

router = APIRouter()


@router.post("/occasions/{occasion}/imports", status_code=202)
async def begin_import(request: Request, room: RoomGiven, who: Organiser, occasion: UUID, asked: ImportIn) -> ImportOut:
    return room.imports.begin(who.account, occasion, asked).out(language(request.headers))


@router.get("/imports/{job}")
async def get_import(request: Request, room: RoomGiven, _who: Organiser, job: UUID) -> ImportOut:
    return room.imports.get(job).out(language(request.headers))


@router.post("/imports/{job}/commit", status_code=202)
async def commit_import(request: Request, room: RoomGiven, who: Organiser, job: UUID) -> ImportOut:
    return room.imports.commit(who.account, job).out(language(request.headers))


@router.delete("/imports/{job}", status_code=204)
async def drop_import(room: RoomGiven, _who: Organiser, job: UUID) -> None:
    room.imports.drop(job)
