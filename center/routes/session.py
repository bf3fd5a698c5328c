"""/api/v1/session and /api/v1/password → sign in, who am I, sign out, change the password."""

from typing import Final

from fastapi import APIRouter, Request, Response

from center.access import digest
from center.guard import COOKIE
from center.models import AccountIn, PasswordIn, SessionOut, WallIn
from center.routes.given import Address, RoomGiven, Who
from center.screen import SIGNED_OUT
from center.store.accounts import Credential

router = APIRouter()

_COOKIE_S: Final = 400 * 24 * 3_600
"""The longest a browser keeps a cookie; how long the session holds is the center's affair."""


@router.post("/session")
async def sign_in(room: RoomGiven, address: Address, asked: AccountIn | WallIn, request: Request, response: Response) -> SessionOut:
    if isinstance(asked, WallIn):
        token, who = await room.access.sign_in_wall(asked.wall_token, address)
    else:
        token, who = await room.access.sign_in(asked.account, asked.password, address)
    await room.audit.note(who.noted, "session.opened", address, role=who.role)
    _give(token, request, response)
    return _out(who)


@router.get("/session")
async def get_session(who: Who) -> SessionOut:
    return _out(who)


@router.delete("/session", status_code=204)
async def sign_out(room: RoomGiven, who: Who, address: Address, response: Response) -> None:
    await room.audit.note(who.noted, "session.closed", address, role=who.role)
    await room.access.sign_out(who)
    room.screens.end(SIGNED_OUT, [who.hash])
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


@router.post("/password", status_code=204)
async def change_password(room: RoomGiven, who: Who, address: Address, asked: PasswordIn, request: Request, response: Response) -> None:
    token, ended = await room.access.change_password(who, asked.current, asked.new, address)
    await room.audit.note(who.account, "password.changed", address)
    room.screens.go_on(who.hash, digest(token))
    room.screens.end(SIGNED_OUT, ended)
    _give(token, request, response)


def _give(token: str, request: Request, response: Response) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, max_age=_COOKIE_S, path="/", secure=secure, httponly=True, samesite="strict")


def _out(who: Credential) -> SessionOut:
    return SessionOut(account=who.account, role=who.role, must_change_password=who.must_change)
