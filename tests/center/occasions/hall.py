"""An occasion of a test's own: a list, gates, delegates."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

import uuid6

from center.occasions.delegate_models import DelegateIn, DelegateOut
from center.occasions.models import GateIn, ListIn, OccasionIn
from center.occasions.states import State
from center.room import Room

BY = "organiser"
SITE, GATEWAY, CAMERA = "hall", "gw-1", "cam-1"


@dataclass
class Hall:
    """An occasion in a room."""

    room: Room
    occasion: UUID
    list: UUID
    people: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    async def plan(cls, room: Room, *, gate: str = "gate-1", camera: str = CAMERA, name: str = "Đại hội") -> Self:
        noon = datetime.now(UTC)
        made = await room.checkin.occasions.create(
            BY, OccasionIn(name=name, starts=noon - timedelta(hours=1), ends=noon + timedelta(hours=9))
        )
        in_list = await room.checkin.lists.create(BY, made.id, ListIn(name="Phiên khai mạc"))
        hall = cls(room, made.id, in_list.id)
        await hall.gate(gate, camera)
        return hall

    async def gate(self, name: str, camera: str, **more: str) -> None:
        asked = {"id": name, "list": self.list, "site": SITE, "gateway": GATEWAY, "camera": camera} | more
        await self.room.checkin.gates.create(BY, self.occasion, GateIn.model_validate(asked))

    async def delegate(self, name: str, *, code: str | None = None, person: bool = False, listed: bool = True) -> DelegateOut:
        """Expect somebody; `person`: with a face, to which they agreed."""
        known = await self.person(name) if person else None
        asked = DelegateIn(name=name, code=code, person=known, lists=(self.list,) if listed else ())
        return await self.room.checkin.roll.get(await self.room.checkin.delegates.create(BY, self.occasion, asked))

    async def person(self, name: str) -> UUID:
        """Return somebody who agreed to be recognised, the same one again by the same name."""
        if name not in self.people:
            made = self.people[name] = uuid6.uuid7()
            values = {"id": made, "name": name}
            query = "INSERT INTO person (id, name, plain, created_by) VALUES (%(id)s, %(name)s, %(name)s, 'organiser')"
            await self.room.database.change(query, values)
            await self.agree(made, given=True)
        return self.people[name]

    async def agree(self, person: UUID, *, given: bool) -> None:
        query = "INSERT INTO consent (person, kind, given, at, noted_by) VALUES (%(id)s, 'face', %(given)s, clock_timestamp(), 'organiser')"
        await self.room.database.change(query, {"id": person, "given": given})

    async def move(self, *states: State) -> None:
        for state in states:
            await self.room.checkin.occasions.move(BY, self.occasion, state)

    async def open(self) -> Self:
        """Open it, as if it had been an hour ago."""
        await self.move(State.REHEARSAL, State.OPEN)
        query = "UPDATE occasion SET opened = opened - interval '1 hour' WHERE id = %(id)s"
        await self.room.database.change(query, {"id": self.occasion})
        return self
