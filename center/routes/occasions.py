"""/api/v1/occasions → plan one, change it, take it through its states."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from center.access import ADMINISTRATOR
from center.models import Page
from center.occasions.models import OccasionIn, OccasionOut, OccasionPatch, StateIn
from center.routes.given import Organiser, RoomGiven

router = APIRouter()


@router.get("/occasions")
async def list_occasions(
    room: RoomGiven,
    _who: Organiser,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[OccasionOut]:
    return await room.checkin.occasions.page(cursor, limit)


@router.post("/occasions", status_code=201)
async def create_occasion(room: RoomGiven, who: Organiser, asked: OccasionIn) -> OccasionOut:
    return await room.checkin.occasions.create(who.account, asked)


@router.get("/occasions/{occasion}")
async def get_occasion(room: RoomGiven, _who: Organiser, occasion: UUID) -> OccasionOut:
    return await room.checkin.occasions.get(occasion)


@router.patch("/occasions/{occasion}")
async def change_occasion(room: RoomGiven, who: Organiser, occasion: UUID, asked: OccasionPatch) -> OccasionOut:
    return await room.checkin.occasions.change(who.account, occasion, asked)


@router.delete("/occasions/{occasion}", status_code=204)
async def delete_occasion(room: RoomGiven, who: Organiser, occasion: UUID) -> None:
    await room.checkin.occasions.delete(who.account, occasion, record=who.role == ADMINISTRATOR)


@router.post("/occasions/{occasion}/state")
async def move_occasion(room: RoomGiven, who: Organiser, occasion: UUID, asked: StateIn) -> OccasionOut:
    moved = await room.checkin.occasions.move(who.account, occasion, asked.state)
    await room.checkin.telling.round()
    return moved
