"""GET /api/v1/readings → one series over a range."""

from typing import Annotated

from fastapi import APIRouter, Query

from center.models import ReadingsIn, ReadingsOut
from center.routes.given import RoomGiven

router = APIRouter()


@router.get("/readings")
async def get_readings(room: RoomGiven, asked: Annotated[ReadingsIn, Query()]) -> ReadingsOut:
    return await room.history.readings(asked)
