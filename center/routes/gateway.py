"""/api/v1/gateway/… → what a gateway with gates asks with its own token: its list, its gallery; and where it brings best shots."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.requests import ClientDisconnect

from center.routes.given import GatewayGiven, RoomGiven
from wardroom.errors import PeopleError

router = APIRouter()

_BINARY: Final = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_JPEG: Final = {"requestBody": {"required": True, "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}}
Version = Annotated[int, Query(ge=-1, le=2**53, description="The version it has; -1 for none.")]
Known = Annotated[str | None, Header(max_length=200)]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the JPEG, in hexadecimal.")]


@router.get("/gateway/roster", responses={304: {"description": "The list is still the one of If-None-Match."}})
async def get_roster(room: RoomGiven, gateway: GatewayGiven, if_none_match: Known = None) -> Response:
    """Return the gates of this gateway and who is expected there (`wardroom.gate_list.GateList`)."""
    roster = await room.rosters.of(gateway)
    tag = {"etag": f'"{roster.listed.version}"'}
    if if_none_match == tag["etag"]:
        return Response(status_code=304, headers=tag)
    return Response(roster.encoded, headers=tag, media_type="application/json")


@router.get("/gateway/gallery", responses={200: _BINARY, 204: {"description": "Nothing changed since that version."}})
async def get_gallery(
    room: RoomGiven, gateway: GatewayGiven, gallery: Annotated[str, Query(max_length=64)] = "", version: Version = -1
) -> Response:
    """Return the faces this gateway lacks (`vision.gallery_delta`, MessagePack)."""
    delta = await room.galleries.since(gateway, gallery, version)
    return Response(status_code=204) if delta is None else Response(delta, media_type="application/octet-stream")


@router.post("/gateway/evidence/{digest}", status_code=204, openapi_extra=_JPEG)
async def take_evidence(room: RoomGiven, gateway: GatewayGiven, digest: Digest, request: Request) -> None:
    """Take a best shot; the same one again changes nothing, and one of somebody who was erased is let go."""
    try:
        data = await request.body()
    except ClientDisconnect as error:
        raise PeopleError("people.upload_cut") from error
    await room.evidence.take(gateway, bytes.fromhex(digest), data)
