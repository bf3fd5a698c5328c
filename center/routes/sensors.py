"""GET /api/v1/sensors → a page of them."""

from typing import Annotated

from fastapi import APIRouter, Query

from center.models import Page, PageIn, SensorOut
from center.routes.given import RoomGiven

router = APIRouter()


@router.get("/sensors")
async def list_sensors(room: RoomGiven, page: Annotated[PageIn, Query()]) -> Page[SensorOut]:
    return await room.lists.sensors(page)
