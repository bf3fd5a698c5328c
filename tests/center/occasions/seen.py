"""Sightings of a test's own, and what the table says of them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import uuid6

from center.occasions import badges
from center.occasions.sightings import Sighting
from center.room import Room
from tests.center.occasions.hall import CAMERA, GATEWAY, SITE
from wardroom.admission import Method
from wardroom.topics import Gateway

PLACE = Gateway(SITE, GATEWAY)


def ago(seconds: float = 0) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def face(person: UUID | None, *, at: datetime | None = None, visit: UUID | None = None, **more: object) -> Sighting:
    """Return a face's sighting, of nobody known for None."""
    return _sighting(at, visit, {"method": Method.FACE, "person": str(person) if person else None, "score": 0.5 if person else None} | more)


def code(text: str, *, at: datetime | None = None, visit: UUID | None = None, **more: object) -> Sighting:
    """Return a code's sighting."""
    return _sighting(at, visit, {"method": Method.CODE, "code": badges.digest(text)} | more)


def _sighting(at: datetime | None, visit: UUID | None, more: dict[str, object]) -> Sighting:
    when = at or datetime.now(UTC)
    plain: dict[str, object] = {
        "visit": visit or uuid6.uuid7(),
        "event": uuid6.uuid7(),
        "place": PLACE,
        "camera": CAMERA,
        "at": when,
        "received": when,
        "offline": False,
        "late_s": 0.0,
    }
    return Sighting(**(plain | more))  # type: ignore[arg-type]  # fields by name


async def results(room: Room) -> list[str]:
    """Return what each passage counts for, in the order in which they were seen."""
    return [row[0] for row in await room.database.rows("SELECT result FROM passage ORDER BY at, id")]


async def settle(room: Room, *seen: Sighting) -> None:
    for one in seen:
        await room.checkin.arrivals.settle(one, "live")
