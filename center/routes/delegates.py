"""/api/v1/occasions/{occasion}/delegates and /api/v1/delegates → who is expected, who came, who may no more."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from center.models import Page
from center.occasions.delegate_models import DelegateIn, DelegateOut, DelegatePatch, DelegatesIn, RevokeIn
from center.routes.given import Organiser, RoomGiven

router = APIRouter()


@router.get("/occasions/{occasion}/delegates")
async def list_delegates(room: RoomGiven, _who: Organiser, occasion: UUID, asked: Annotated[DelegatesIn, Query()]) -> Page[DelegateOut]:
    await room.checkin.occasions.check(occasion)
    return await room.checkin.roll.page(occasion, asked)


@router.post("/occasions/{occasion}/delegates", status_code=201)
async def create_delegate(room: RoomGiven, who: Organiser, occasion: UUID, asked: DelegateIn) -> DelegateOut:
    return await room.checkin.roll.get(await room.checkin.delegates.create(who.account, occasion, asked))


@router.patch("/delegates/{delegate}")
async def change_delegate(room: RoomGiven, who: Organiser, delegate: UUID, asked: DelegatePatch) -> DelegateOut:
    await room.checkin.delegates.change(who.account, delegate, asked)
    await room.checkin.telling.round()
    return await room.checkin.roll.get(delegate)


@router.delete("/delegates/{delegate}", status_code=204)
async def delete_delegate(room: RoomGiven, who: Organiser, delegate: UUID) -> None:
    await room.checkin.delegates.delete(who.account, delegate)


@router.post("/delegates/{delegate}/revoke")
async def revoke_delegate(room: RoomGiven, who: Organiser, delegate: UUID, asked: RevokeIn) -> DelegateOut:
    await room.checkin.delegates.revoke(who.account, delegate, asked.reason)
    await room.checkin.telling.round()
    return await room.checkin.roll.get(delegate)


@router.post("/delegates/{delegate}/restore")
async def restore_delegate(room: RoomGiven, who: Organiser, delegate: UUID) -> DelegateOut:
    await room.checkin.delegates.restore(who.account, delegate)
    await room.checkin.telling.round()
    return await room.checkin.roll.get(delegate)


@router.post("/delegates/{delegate}/badge")
async def renew_badge(room: RoomGiven, who: Organiser, delegate: UUID) -> DelegateOut:
    await room.checkin.delegates.badge(who.account, delegate)
    return await room.checkin.roll.get(delegate)
