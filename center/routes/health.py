"""/healthz → whether this center is whole; /metrics → its numbers, for who holds the token."""

import secrets

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from center.routes.given import RoomGiven
from wardroom import metrics
from wardroom.errors import AccessError

router = APIRouter()


@router.get("/healthz", response_class=PlainTextResponse)
async def get_health(room: RoomGiven) -> Response:
    fault = room.fault()
    return PlainTextResponse(fault or "ok", status_code=503 if fault else 200, headers={"cache-control": "no-store"})


@router.get("/metrics", response_class=PlainTextResponse)
async def get_metrics(room: RoomGiven, request: Request) -> Response:
    token = room.settings.listen.token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token is None or not secrets.compare_digest(given.encode(), token.reveal().encode()):
        raise AccessError("center.bad_metrics_token")
    return Response(metrics.exposition(), headers={"content-type": metrics.CONTENT_TYPE})
