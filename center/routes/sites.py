"""GET /api/v1/sites → a page of them."""

from typing import Annotated

from fastapi import APIRouter, Query

from center.models import Page, PageIn, SiteOut
from center.routes.given import RoomGiven

router = APIRouter()


@router.get("/sites")
async def list_sites(room: RoomGiven, page: Annotated[PageIn, Query()]) -> Page[SiteOut]:
    return await room.lists.sites(page)
