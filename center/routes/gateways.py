"""GET /api/v1/gateways → a page of them."""

from typing import Annotated

from fastapi import APIRouter, Query

from center.models import GatewayOut, Page, PageIn
from center.routes.given import RoomGiven

router = APIRouter()


@router.get("/gateways")
async def list_gateways(room: RoomGiven, page: Annotated[PageIn, Query()]) -> Page[GatewayOut]:
    return await room.lists.gateways(page)
