"""request → what a route is given: the room, who asks, from where."""

from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import HTTPConnection

from center.access import ADMINISTRATOR, GATEWAY, OPERATOR
from center.room import Room
from center.store.accounts import Credential
from wardroom.errors import AccessError
from wardroom.topics import Gateway

ORGANISERS: Final = frozenset({ADMINISTRATOR, OPERATOR})


def _room(connection: HTTPConnection) -> Room:
    room: Room = connection.app.state.room
    return room


def _who(connection: HTTPConnection) -> Credential:
    who: Credential = connection.state.who
    return who


def _administrator(connection: HTTPConnection) -> Credential:
    who = _who(connection)
    if who.role != ADMINISTRATOR:
        raise AccessError("center.forbidden", role=who.role)
    return who


def _organiser(connection: HTTPConnection) -> Credential:
    who = _who(connection)
    if who.role not in ORGANISERS:
        raise AccessError("center.forbidden", role=who.role)
    return who


def _gateway(connection: HTTPConnection) -> Gateway:
    """Return which gateway asks; the guard lets nobody else come so far, and a route of another place is no gateway's."""
    who = _who(connection)
    if who.role != GATEWAY:
        raise AccessError("center.forbidden", role=who.role)
    site, _, gateway = who.account.partition("/")
    return Gateway(site, gateway)


def _address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else "unknown"


RoomGiven = Annotated[Room, Depends(_room)]
Who = Annotated[Credential, Depends(_who)]
Administrator = Annotated[Credential, Depends(_administrator)]
Organiser = Annotated[Credential, Depends(_organiser)]
"""Who runs people, occasions and the desk: an operator or an administrator."""
GatewayGiven = Annotated[Gateway, Depends(_gateway)]
Address = Annotated[str, Depends(_address)]
