"""settings → everything that is done with people, put together once; `run` is its life."""

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from center.people.enrolments import Enrolments
from center.people.erasure import Erasure
from center.people.eyes import Eyes
from center.people.gallery import Faces
from center.people.late_shots import LateShots
from center.people.models import ConsentIn, ErasureOut
from center.people.persons import Known, Persons
from center.people.photos import Photos, Shelf
from center.people.purge import Purge
from center.people.renewal import Renewal
from center.people.tools import Tools
from center.settings import People as PeopleSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The parts, for the routes and the life cycle. `unshow`: takes passages off the screens."""

    persons: Persons
    photos: Photos
    faces: Faces
    eyes: Eyes
    renewal: Renewal
    enrolments: Enrolments
    erasure: Erasure
    purge: Purge
    late_shots: LateShots
    unshow: Callable[[Container[str]], None]

    @classmethod
    def assemble(
        cls, settings: PeopleSettings, tools: Tools, unshow: Callable[[Container[str]], None], *, eyes: Eyes | None = None
    ) -> Self:
        """Put the parts together; they come to life in `run`. `eyes`: of the same settings, where another center has some."""
        database, audit = tools.database, tools.audit
        persons, faces, eyes = Persons(database, audit), Faces(database, tools.vault), eyes or Eyes(settings)
        shelf = Shelf(
            database=database, vault=tools.vault, audit=audit, persons=persons, faces=faces, eyes=eyes, threshold=settings.threshold
        )
        photos = Photos(shelf)
        return cls(
            persons=persons,
            photos=photos,
            faces=faces,
            eyes=eyes,
            renewal=Renewal(shelf, photos),
            enrolments=Enrolments(shelf, photos, tools.uploads, tools.clock, settings.scratch),
            erasure=Erasure(database, audit),
            purge=Purge(database, audit, faces),
            late_shots=LateShots(database, audit),
            unshow=unshow,
        )

    async def run(self) -> None:
        """Follow, renew, enrol and purge for as long as the center runs."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.faces.follow(), name="everybody's faces")
                tasks.create_task(self.renewal.watch(), name="faces to make anew")
                tasks.create_task(self.enrolments.work(), name="enrolments")
                tasks.create_task(self.enrolments.watch(), name="old enrolments")
                tasks.create_task(self.purge.watch(), name="purge of people")
                tasks.create_task(self.late_shots.watch(), name="late best shots")
        finally:
            self.eyes.close()

    async def consent(self, person: str, asked: ConsentIn, who: str) -> tuple[Known, set[UUID]]:
        """Note a word of consent: a face that may not be known any more leaves memory and gates at once, one that may comes back.

        Return the passages that count for something else now.
        """
        known, changed = await self.persons.consent(person, asked, who)
        if not known.face:
            self.faces.forget(person)
        await self.faces.catch_up()
        self.renewal.soon()
        return known, changed

    async def erase(self, person: str, who: str) -> ErasureOut:
        """Erase somebody everywhere: rows, photos, faces, best shots, memory; the gates hear of it. Proven by a query over every table."""
        erased, passages = await self.erasure.erase(person, who)
        self.unshow(passages)
        self.faces.forget(person)
        self.enrolments.forget(person)
        await self.faces.catch_up()
        return erased
