"""a photo of somebody → kept, sealed, where it is of use and of them; or refused in one sentence, and nothing of it kept."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

import uuid6
from psycopg.types.json import Jsonb

from center.people import judging
from center.people.audit import Audit
from center.people.eyes import Eyes
from center.people.gallery import Faces, nearest_other, sealed
from center.people.models import PhotoOut
from center.people.persons import GIVEN, Connection, Known, Persons
from center.people.report import Among, Examined, Judged, Measures, Nearest
from center.people.vault import Vault
from center.problems import printable
from center.store.database import Database
from wardroom.errors import PeopleError

MOST: Final = 12
"""Photos of one person: more make nobody likelier to be known."""
KIND: Final = "photo"
_NAME: Final = 200
_LOCK: Final = "SELECT FROM person WHERE id = %(person)s FOR UPDATE"
_ALLOWED: Final = f"""
SELECT {GIVEN.format(kind="face")}, coalesce(p.retain_until <= now(), false), (SELECT count(*) FROM photo f WHERE f.person = p.id)
FROM person p WHERE p.id = %(person)s
"""
"""After `_LOCK`: a statement that waits for a lock itself reads all else as it was before it waited."""
_PHOTO: Final = """
INSERT INTO photo (id, person, sealed, report, created_by) VALUES (%(id)s, %(person)s, %(sealed)s, %(report)s, %(by)s)
ON CONFLICT (id) DO NOTHING
"""
_EMBEDDING: Final = """
INSERT INTO embedding (photo, person, model, sealed) VALUES (%(photo)s, %(person)s, %(model)s, %(sealed)s) ON CONFLICT DO NOTHING
"""
_LIST: Final = "SELECT id::text, report, created FROM photo WHERE person = %(person)s ORDER BY id"
_ONE: Final = "SELECT sealed FROM photo WHERE id = %(photo)s AND person = %(person)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What photos are judged with and kept in."""

    database: Database
    vault: Vault
    audit: Audit
    persons: Persons
    faces: Faces
    eyes: Eyes
    threshold: float | None


class Photos:
    """Photos of people on record."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._one_by_one = asyncio.Lock()
        """From the judgement to the gallery: two photos of one face under two names are not both new."""

    async def add(self, person: str, data: bytes, file: str, who: str) -> tuple[str | None, Judged]:
        """Keep a photo, if it is of use; return its id and what was found. Raises PeopleError where it may not be kept at all."""
        shelf = self._shelf
        shelf.vault.check()
        allow(await shelf.persons.known(person))
        called = printable(file)[:_NAME]
        examined = await shelf.eyes.examined(data, called)
        model = await self.ready()
        async with self._one_by_one:
            judged = await self.judged(examined, called, person)
            if judged.refusal is not None:
                return None, judged
            photo = str(uuid6.uuid7())
            async with shelf.database.transaction() as connection:
                await keep(connection, shelf.vault, NewPhoto(photo, person, judged, model), who)
                await shelf.audit.note(who, "photo.added", person, within=connection, photo=photo)
            await shelf.faces.catch_up()
        return photo, judged

    async def ready(self) -> str:
        """Return the engine's model, opening it; from then on everybody's faces are that model's."""
        model = await self._shelf.eyes.open()
        if self._shelf.faces.model != model:
            self._shelf.faces.use(model)
            await self._shelf.faces.refresh()
        return model

    async def judged(self, examined: Examined, file: str, person: str, among: Among | None = None) -> Judged:
        """Return what speaks against a photo that was examined, or for keeping it as one of `person`'s."""
        if examined.usable is None:
            return Judged(file, examined.measures, None, examined.refusal)
        faces, embedding = self._shelf.faces, examined.usable.embedding
        gallery = faces.gallery if among is None else among.gallery
        nearest = await self._named(nearest_other(gallery, embedding, person), {} if among is None else among.names)
        known = None if gallery is None else gallery.person(person)
        limits = judging.bounds(str(faces.model), self._shelf.threshold, 0 if gallery is None else len(gallery))
        refusal = judging.fault(embedding, None if known is None else known.embeddings, nearest, limits)
        return Judged(file, examined.measures, examined.usable if refusal is None else None, refusal, nearest)

    async def list(self, person: str, language: str) -> list[PhotoOut]:
        """Return what is known of somebody's photos, compared with everybody as they are enrolled now."""
        found = []
        for photo, report, created in await self._shelf.database.rows(_LIST, {"person": person}):
            embedding = self._shelf.faces.photo(person, photo)
            nearest = None if embedding is None else await self._named(self._shelf.faces.nearest(embedding, person), {})
            found.append(Judged(report["file"], _measures(report), None, None, nearest).out(photo, created, language))
        return found

    async def look(self, person: str, photo: str, who: str) -> bytes:
        """Return a photo's JPEG, and note who looked; raises PeopleError where there is none."""
        rows = await self._shelf.database.rows(_ONE, {"photo": photo, "person": person})
        if not rows:
            raise PeopleError("people.no_photo", id=photo)
        jpeg = self._shelf.vault.open(KIND, photo, rows[0][0])
        await self._shelf.audit.note(who, "photo.looked", person, photo=photo)
        return jpeg

    async def remove(self, person: str, photo: str, who: str) -> None:
        """Delete a photo and its face; raises PeopleError where there is none."""
        async with self._shelf.database.transaction() as connection:
            gone = await connection.execute(
                "DELETE FROM photo WHERE id = %(photo)s AND person = %(person)s", {"photo": photo, "person": person}
            )
            if not gone.rowcount:
                raise PeopleError("people.no_photo", id=photo)
            await self._shelf.audit.note(who, "photo.removed", person, within=connection, photo=photo)
        await self._shelf.faces.catch_up()

    async def _named(self, found: tuple[str, float] | None, new: Mapping[str, str]) -> Nearest | None:
        if found is None:
            return None
        person, score = found
        name = new.get(person) or (await self._shelf.persons.names([person])).get(person, person)
        return Nearest(person, name, score)


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A photo that is kept: its id, whose it is, what was found in it, and the engine's model."""

    id: str
    person: str
    judged: Judged
    model: str


def allow(known: Known) -> None:
    """Raise PeopleError where nothing of somebody's face may be kept."""
    _allow(known.id, face=known.face, over=known.over, photos=known.photos)


async def keep(connection: Connection, vault: Vault, new: NewPhoto, who: str) -> None:
    """Store a photo and its face, sealed; raises PeopleError where that may not be, as it is at this moment."""
    await connection.execute(_LOCK, {"person": new.person})
    rows = await (await connection.execute(_ALLOWED, {"person": new.person})).fetchall()
    if not rows:
        raise PeopleError("people.no_person", id=new.person)
    ((face, over, photos),) = rows
    _allow(new.person, face=face, over=over, photos=photos)
    usable = new.judged.usable
    if usable is None:
        raise PeopleError("people.no_photo", id=new.id)
    report = asdict(new.judged.measures) | {"file": new.judged.file}
    jpeg = vault.seal(KIND, new.id, usable.jpeg)
    await connection.execute(_PHOTO, {"id": new.id, "person": new.person, "sealed": jpeg, "report": Jsonb(report), "by": who})
    row = sealed(vault, new.id, new.model, usable.embedding)
    await connection.execute(_EMBEDDING, {"photo": new.id, "person": new.person, "model": new.model, "sealed": row})


def now() -> datetime:
    """Return when a photo that is not kept was looked at."""
    return datetime.now(UTC)


def _allow(person: str, *, face: bool, over: bool, photos: int) -> None:
    if not face:
        raise PeopleError("people.no_consent", id=person)
    if over:
        raise PeopleError("people.over", id=person)
    if photos >= MOST:
        raise PeopleError("people.many_photos", id=person, limit=MOST)


def _measures(report: dict[str, Any]) -> Measures:
    return Measures(report["faces"], *(report.get(name) for name in ("size_px", "blur", "pose_deg", "exposure")))
