"""/api/v1/occasions/{occasion}/gates and /api/v1/gates → cameras with screens, and what a screen shows."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from center.occasions.models import GateIn, GateOut, GatePatch, WelcomeOut
from center.routes.given import Organiser, RoomGiven

router = APIRouter()
Gate = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


@router.post("/occasions/{occasion}/gates", status_code=201)
async def create_gate(room: RoomGiven, who: Organiser, occasion: UUID, asked: GateIn) -> GateOut:
    return await room.checkin.gates.create(who.account, occasion, asked)


@router.patch("/gates/{gate}")
async def change_gate(room: RoomGiven, who: Organiser, gate: Gate, asked: GatePatch) -> GateOut:
    return await room.checkin.gates.change(who.account, gate, asked)


@router.delete("/gates/{gate}", status_code=204)
async def delete_gate(room: RoomGiven, who: Organiser, gate: Gate) -> None:
    await room.checkin.gates.delete(who.account, gate)


@router.get("/gates/{gate}/welcome")
async def get_welcome(room: RoomGiven, gate: Gate) -> WelcomeOut:
    return await room.checkin.gates.welcome(gate)
