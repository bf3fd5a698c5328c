"""event → per-client bounded queue → WebSocket: ``/ws``, where a screen that is signed in meets the hub."""

from typing import Final

from fastapi import APIRouter, WebSocket

from center import problems
from center.routes.given import ORGANISERS, RoomGiven, Who
from center.sockets import Socket
from wardroom.live import Topic

router = APIRouter()

_FOR_ALL: Final = frozenset(Topic) - {Topic.PASSAGES}
"""Who came, with their score and best shot, is only for those who run the check-in."""


@router.websocket("/ws")
async def live(socket: WebSocket, room: RoomGiven, who: Who) -> None:
    may = frozenset(Topic) if who.role in ORGANISERS else _FOR_ALL
    await room.screens.show(Socket.of(socket), credential=who.hash, language=problems.language(socket.headers), may=may)
