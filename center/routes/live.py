"""event → per-client bounded queue → WebSocket: ``/ws``, where a screen that is signed in meets the hub."""

from fastapi import APIRouter, WebSocket

from center import problems
from center.routes.given import RoomGiven, Who
from center.sockets import Socket

router = APIRouter()


@router.websocket("/ws")
async def live(socket: WebSocket, room: RoomGiven, who: Who) -> None:
    await room.screens.show(Socket.of(socket), credential=who.hash, language=problems.language(socket.headers))
