"""POST /api/v1/uploads → a file is kept for half an hour, until a workbook or an archive of photos is read from it."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect

from center.models import UploadOut
from center.routes.given import Organiser, RoomGiven
from wardroom.errors import PeopleError

router = APIRouter()

Name = Annotated[str, Query(min_length=1, max_length=300, description="What the file is called; no path.")]
_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


@router.post("/uploads", status_code=201, openapi_extra=_BODY)
async def take_upload(room: RoomGiven, _who: Organiser, name: Name, request: Request) -> UploadOut:
    upload = await room.uploads.take(name, _body(request))
    return UploadOut(id=upload.id, name=upload.name, size=upload.size)


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as error:
        raise PeopleError("people.upload_cut") from error
