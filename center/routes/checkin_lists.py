"""/api/v1/occasions/{occasion}/lists and /api/v1/lists → sessions and days, and how many of each came."""

from uuid import UUID

from fastapi import APIRouter

from center.occasions.models import AttendanceOut, ListIn, ListOut, ListPatch
from center.routes.given import Organiser, RoomGiven

router = APIRouter()


@router.post("/occasions/{occasion}/lists", status_code=201)
async def create_list(room: RoomGiven, who: Organiser, occasion: UUID, asked: ListIn) -> ListOut:
    return await room.checkin.lists.create(who.account, occasion, asked)


@router.patch("/lists/{number}")
async def change_list(room: RoomGiven, who: Organiser, number: UUID, asked: ListPatch) -> ListOut:
    return await room.checkin.lists.change(who.account, number, asked)


@router.delete("/lists/{number}", status_code=204)
async def delete_list(room: RoomGiven, who: Organiser, number: UUID) -> None:
    await room.checkin.lists.delete(who.account, number)


@router.get("/lists/{number}/attendance")
async def get_attendance(room: RoomGiven, _who: Organiser, number: UUID) -> AttendanceOut:
    return await room.checkin.lists.attendance(number)
