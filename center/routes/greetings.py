"""/api/v1/greetings/{passage}/photo → the enrolled photo of somebody who was just greeted and agreed to be shown."""

from uuid import UUID

from fastapi import APIRouter, Response

from center.routes.given import RoomGiven, Who

router = APIRouter()
JPEG = "image/jpeg"


@router.get("/greetings/{passage}/photo", response_class=Response, responses={200: {"content": {JPEG: {}}}})
async def get_greeting_photo(room: RoomGiven, who: Who, passage: UUID) -> Response:
    return Response(await room.checkin.portraits.of(passage, who.noted), media_type=JPEG)
