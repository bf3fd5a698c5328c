"""/api/v1/wall-tokens → an administrator lists, makes and revokes the tokens of screens."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query

from center.cursors import cursor, places
from center.models import Page, PageIn, WallTokenIn, WallTokenMadeOut, WallTokenOut
from center.routes.given import Administrator, RoomGiven
from center.screen import SIGNED_OUT

router = APIRouter()


@router.get("/wall-tokens")
async def list_wall_tokens(room: RoomGiven, _who: Administrator, page: Annotated[PageIn, Query()]) -> Page[WallTokenOut]:
    after = places(page.cursor, (int,)) or [0]
    tokens = await room.access.wall_tokens(int(after[0]), page.limit + 1)
    more = cursor([tokens[page.limit - 1].id]) if len(tokens) > page.limit else None
    return Page[WallTokenOut](items=[WallTokenOut.model_validate(token, from_attributes=True) for token in tokens[: page.limit]], next=more)


@router.post("/wall-tokens", status_code=201)
async def make_wall_token(room: RoomGiven, who: Administrator, asked: WallTokenIn) -> WallTokenMadeOut:
    token, made = await room.access.make_wall_token(asked.label, who.account)
    await room.audit.note(who.account, "wall_token.made", str(made.id), label=made.label)
    return WallTokenMadeOut(token=token, **asdict(made))


@router.delete("/wall-tokens/{number}", status_code=204)
async def revoke_wall_token(room: RoomGiven, who: Administrator, number: Annotated[int, Path(ge=1, le=2**62)]) -> None:
    room.screens.end(SIGNED_OUT, await room.access.revoke_wall_token(number))
    await room.audit.note(who.account, "wall_token.revoked", str(number))
