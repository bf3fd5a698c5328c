"""GET /api/v1/gateways → a page of them; POST, DELETE …/{site}/{gateway}/token → a gateway's own word at this center's door."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from center.models import GatewayOut, Page, PageIn, TokenOut
from center.routes.given import Administrator, RoomGiven
from wardroom.topics import ID, Gateway

router = APIRouter()

_Id = Annotated[str, Path(pattern=f"^{ID}$", description="1 to 64 of A-Z a-z 0-9 _ -")]


@router.get("/gateways")
async def list_gateways(room: RoomGiven, page: Annotated[PageIn, Query()]) -> Page[GatewayOut]:
    return await room.lists.gateways(page)


@router.post("/gateways/{site}/{gateway}/token", status_code=201)
async def make_gateway_token(room: RoomGiven, who: Administrator, site: _Id, gateway: _Id) -> TokenOut:
    token = await room.access.make_gateway_token(Gateway(site, gateway), who.account)
    await room.audit.note(who.account, "gateway_token.made", f"{site}/{gateway}")
    return TokenOut(token=token)


@router.delete("/gateways/{site}/{gateway}/token", status_code=204)
async def revoke_gateway_token(room: RoomGiven, who: Administrator, site: _Id, gateway: _Id) -> None:
    await room.access.revoke_gateway_token(Gateway(site, gateway))
    await room.audit.note(who.account, "gateway_token.revoked", f"{site}/{gateway}")
