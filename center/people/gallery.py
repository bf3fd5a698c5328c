"""table `embedding` → everybody's faces in memory: what a new photo is compared with, and what the gates' galleries are made from.

Only who agreed to be recognised, and whose time is not over, is in it. It follows the table: at once after a change of this center's, and
every few seconds for those of another one; who listens to `changed` hears whose faces came, changed or left.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import structlog
import uuid6

from center.people.vault import Vault
from center.store.database import Database
from vision import gallery_contents
from vision.faces import Embeddings
from vision.gallery import Gallery
from vision.gallery_entries import PHOTOS, Person
from wardroom.errors import PeopleError, StorageError

EVERY_S: Final = 5.0
_AT_ONCE: Final = 1_000
KIND: Final = "embedding"
"""What an embedding is called in the vault."""

Changed = Callable[[frozenset[str]], None]

_MODEL: Final = "SELECT model FROM embedding GROUP BY model ORDER BY count(*) DESC, model LIMIT 1"
_THERE: Final = """
SELECT e.photo::text, e.person::text
FROM embedding e JOIN person p ON p.id = e.person
WHERE e.model = %(model)s AND (p.retain_until IS NULL OR p.retain_until > now())
  AND (SELECT given FROM consent c WHERE c.person = p.id AND c.kind = 'face' ORDER BY c.id DESC LIMIT 1)
ORDER BY e.photo
"""
_SEALED: Final = "SELECT photo::text, sealed FROM embedding WHERE model = %(model)s AND photo = ANY(%(photos)s::uuid[])"

_SAMPLES: Final = " UNION ALL ".join(
    f"(SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 1)"
    for table, column in (("embedding", "sealed"), ("photo", "sealed"), ("delegate", "badge_sealed"), ("evidence", "sealed"))
)
"""One record of each kind that is sealed."""

_log = structlog.get_logger()


def sealed(vault: Vault, photo: str, model: str, embedding: Embeddings) -> bytes:
    """Return an embedding, (1, dimensions), as it lies in the database."""
    return vault.seal(KIND, f"{photo} {model}", np.ascontiguousarray(embedding, "<f4").tobytes())


def unsealed(vault: Vault, photo: str, model: str, data: bytes) -> Embeddings:
    """Return an embedding, (1, dimensions), from the database; raises PeopleError where it does not open."""
    row = np.frombuffer(vault.open(KIND, f"{photo} {model}", data), "<f4")
    return np.ascontiguousarray(row[None], np.float32)


def nearest_other(gallery: Gallery | None, embedding: Embeddings, person: str) -> tuple[str, float] | None:
    """Return who else than `person` looks most like `embedding`, (1, dimensions), and the cosine; None where there is nobody."""
    if gallery is None or gallery.contents.dimensions != embedding.shape[1]:
        return None
    (match,) = gallery.search(embedding, gallery.contents.model)
    if match.person is not None and match.person != person:
        return match.person, match.score
    return None if match.runner_up is None else (match.runner_up, match.runner_up_score)


class Faces:
    """Everybody's faces, of one model: the engine's, or without an engine the one most photos have.

    `gallery`: None while nobody is enrolled; `loaded`: whether the table was asked since the start, with its own key.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self.changed: list[Changed] = []
        self.model: str | None = None
        self.gallery: Gallery | None = None
        self.loaded = False
        self._database = database
        self._vault = vault
        self._own_model: str | None = None
        self._rows: dict[str, dict[str, Embeddings]] = {}
        self._unusable: set[str] = set()
        self._forgotten: set[str] = set()
        self._refreshing = asyncio.Lock()

    def __len__(self) -> int:
        """Return how many persons there are."""
        return len(self._rows)

    @property
    def dimensions(self) -> int | None:
        """Return the length of an embedding; None while nobody is enrolled."""
        return None if self.gallery is None else self.gallery.contents.dimensions

    def faces(self, persons: Iterable[str]) -> dict[str, Embeddings]:
        """Return those of these persons who may be recognised, each with their embeddings: float32 (photos, dimensions)."""
        return {person: np.concatenate(list(self._rows[person].values())[:PHOTOS]) for person in persons if person in self._rows}

    def photo(self, person: str, photo: str) -> Embeddings | None:
        """Return one photo's embedding, (1, dimensions)."""
        return self._rows.get(person, {}).get(photo)

    def nearest(self, embedding: Embeddings, person: str) -> tuple[str, float] | None:
        """Return who else than `person` looks most like it, and the cosine."""
        return nearest_other(self.gallery, embedding, person)

    def use(self, model: str) -> None:
        """From the next refresh on hold the faces of the engine's model."""
        self._own_model = model

    async def follow(self) -> None:
        """Follow the table for as long as the center runs."""
        while True:
            await self.catch_up()
            await asyncio.sleep(EVERY_S)

    async def catch_up(self) -> None:
        """Refresh after a change of this center's; where the database cannot be asked, the next look does it."""
        try:
            await self.refresh()
        except StorageError as error:
            _log.warning("faces not followed", reason=str(error))

    def forget(self, person: str) -> None:
        """Drop somebody's faces at once, before the table is asked again; whoever listens hears of it."""
        self._forgotten.add(person)
        if self._rows.pop(person, None) is None:
            return
        if self.gallery is not None:
            self.gallery.change(remove=[person])
        self._tell(frozenset({person}))

    async def refresh(self) -> None:
        """Be what the table says now; raises as the database does."""
        if not self._vault.ready:
            return
        async with self._refreshing:
            if not self.loaded and await self._foreign():
                return
            self._forgotten.clear()
            model = self._own_model or await self._most_used()
            there = await self._database.rows(_THERE, {"model": model})
            if model != self.model:
                self._drop_all(model)
            self._unusable &= {photo for photo, _ in there}
            known = {photo: row for own in self._rows.values() for photo, row in own.items()}
            known |= await self._missing([photo for photo, _ in there if photo not in known and photo not in self._unusable])
            rows: dict[str, dict[str, Embeddings]] = {}
            for photo, person in there:
                if photo in known:
                    rows.setdefault(person, {})[photo] = known[photo]
            await self._become({person: own for person, own in rows.items() if person not in self._forgotten})
            self.loaded = True

    async def _foreign(self) -> bool:
        """Return whether all that is sealed is so with another key: then nobody is known here, which is not that nobody is enrolled."""
        samples = await self._database.rows(_SAMPLES)
        foreign = bool(samples) and not any(self._vault.wrote(row[0]) for row in samples)
        if foreign and not self._vault.foreign:
            _log.error("people.key is not the key that people were sealed with here; nothing of people works until it is named")
        self._vault.foreign = foreign
        return foreign

    async def _most_used(self) -> str | None:
        rows = await self._database.rows(_MODEL)
        return rows[0][0] if rows else None

    async def _missing(self, photos: list[str]) -> dict[str, Embeddings]:
        """Return the embeddings that are not in memory yet, opened away from the event loop."""
        found: dict[str, Embeddings] = {}
        for first in range(0, len(photos), _AT_ONCE):
            rows = await self._database.rows(_SEALED, {"model": self.model, "photos": photos[first : first + _AT_ONCE]})
            found |= await asyncio.to_thread(self._opened, rows)
        return found

    def _opened(self, rows: list[tuple[str, bytes]]) -> dict[str, Embeddings]:
        found = {}
        for photo, data in rows:
            try:
                found[photo] = unsealed(self._vault, photo, str(self.model), data)
            except PeopleError as error:
                self._unusable.add(photo)
                _log.error("a face cannot be opened and is left out", photo=photo, reason=str(error))
        return found

    def _drop_all(self, model: str | None) -> None:
        gone = frozenset(self._rows)
        self.model, self.gallery, self._rows = model, None, {}
        self._unusable.clear()
        self._tell(gone)

    async def _become(self, rows: dict[str, dict[str, Embeddings]]) -> None:
        """Be these faces, less those forgotten meanwhile; the gallery is made away from the event loop: ten thousand take seconds."""
        everybody = rows.keys() | self._rows.keys()
        changed = frozenset(person for person in everybody if rows.get(person, {}).keys() != self._rows.get(person, {}).keys())
        if not changed:
            return
        self._rows = rows
        self.gallery = await asyncio.to_thread(self._changed_gallery, self.gallery, changed)
        for person in self._forgotten & rows.keys():
            self.forget(person)
        self._tell(changed)

    def _changed_gallery(self, gallery: Gallery | None, changed: frozenset[str]) -> Gallery | None:
        own = self.faces(changed)
        if gallery is None:
            dimensions = next((rows.shape[1] for rows in own.values()), None)
            if dimensions is None:
                return None
            gallery = Gallery(gallery_contents.nothing(str(uuid6.uuid7()), str(self.model), dimensions))
        gallery.change([Person(person, rows) for person, rows in own.items()], [person for person in changed if person not in own])
        return gallery

    def _tell(self, persons: frozenset[str]) -> None:
        if persons:
            for listener in self.changed:
                listener(persons)
