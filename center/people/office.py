"""settings → everything that is done with people, put together once; `run` is its life."""

import asyncio
from dataclasses import dataclass
from typing import Self

from center.people.audit import Audit
from center.people.eyes import Eyes
from center.people.gallery import Faces
from center.people.models import ConsentIn
from center.people.persons import Known, Persons
from center.people.photos import Photos, Shelf
from center.people.renewal import Renewal
from center.people.vault import Vault
from center.settings import People as PeopleSettings
from center.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The parts, for the routes and the life cycle."""

    persons: Persons
    photos: Photos
    faces: Faces
    eyes: Eyes
    renewal: Renewal

    @classmethod
    def assemble(cls, settings: PeopleSettings, database: Database, vault: Vault, audit: Audit) -> Self:
        persons, faces, eyes = Persons(database, audit), Faces(database, vault), Eyes(settings)
        shelf = Shelf(database=database, vault=vault, audit=audit, persons=persons, faces=faces, eyes=eyes, threshold=settings.threshold)
        photos = Photos(shelf)
        return cls(persons=persons, photos=photos, faces=faces, eyes=eyes, renewal=Renewal(shelf, photos))

    async def run(self) -> None:
        """Follow, renew and purge for as long as the center runs."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.faces.follow(), name="everybody's faces")
                tasks.create_task(self.renewal.watch(), name="faces to make anew")
        finally:
            self.eyes.close()

    async def consent(self, person: str, asked: ConsentIn, who: str) -> Known:
        """Note a word of consent: a face that may not be known any more leaves memory and gates at once, one that may comes back."""
        known = await self.persons.consent(person, asked, who)
        if not known.face:
            self.faces.forget(person)
        await self.faces.catch_up()
        self.renewal.soon()
        return known
