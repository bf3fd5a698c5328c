"""/api/v1/people/{id}/photos → a photo is looked at, kept where it is of use, shown to whoever may, and taken out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from center import problems
from center.people.models import PhotoOut, Uuid
from center.people.photos import now
from center.routes.given import Organiser, RoomGiven
from wardroom.errors import PeopleError

router = APIRouter()

FileName = Annotated[str, Query(min_length=1, max_length=300, description="What the photo's file is called; no path.")]
_PICTURE = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"requestBody": {"required": True, "content": {f"image/{kind}": _PICTURE for kind in ("jpeg", "png", "webp")}}}
_JPEG = {"responses": {"200": {"description": "The photo as it is kept.", "content": {"image/jpeg": _PICTURE}}}}


@router.post("/people/{person}/photos", openapi_extra=_BODY)
async def add_photo(room: RoomGiven, who: Organiser, person: Uuid, request: Request, name: FileName = "photo") -> PhotoOut:
    try:
        data = await request.body()
    except ClientDisconnect as error:
        raise PeopleError("people.upload_cut") from error
    photo, judged = await room.people.photos.add(person, data, name, who.account)
    return judged.out(photo, now(), problems.language(request.headers))


@router.get("/people/{person}/photos/{photo}", response_class=Response, openapi_extra=_JPEG)
async def look_at_photo(room: RoomGiven, who: Organiser, person: Uuid, photo: Uuid) -> Response:
    return Response(await room.people.photos.look(person, photo, who.account), media_type="image/jpeg")


@router.delete("/people/{person}/photos/{photo}", status_code=204)
async def remove_photo(room: RoomGiven, who: Organiser, person: Uuid, photo: Uuid) -> None:
    await room.people.photos.remove(person, photo, who.account)
