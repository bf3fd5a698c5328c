"""GET /api/v1/series → a page of them, each with its latest reading."""

from typing import Annotated

from fastapi import APIRouter, Query

from center.models import Page, PageIn, SeriesOut
from center.routes.given import RoomGiven

router = APIRouter()


@router.get("/series")
async def list_series(room: RoomGiven, page: Annotated[PageIn, Query()]) -> Page[SeriesOut]:
    return await room.lists.series(page)
