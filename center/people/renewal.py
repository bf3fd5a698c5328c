"""photos whose face the engine has not embedded → embedded, in the background: after a change of engine, or when consent is given anew."""

import asyncio
from typing import Final

import structlog

from center.people.gallery import sealed
from center.people.persons import GIVEN
from center.people.photos import KIND, Photos, Shelf
from wardroom.errors import PeopleError, StorageError

EVERY_S: Final = 60.0
_AT_ONCE: Final = 500
_MAY: Final = f"{GIVEN.format(kind='face')} AND coalesce(p.retain_until > now(), true)"
_LACKING: Final = f"""
SELECT f.id::text, f.person::text FROM photo f JOIN person p ON p.id = f.person
WHERE NOT EXISTS (SELECT FROM embedding e WHERE e.photo = f.id AND e.model = %(model)s) AND NOT f.id = ANY(%(useless)s::uuid[]) AND {_MAY}
ORDER BY f.id LIMIT {_AT_ONCE}
"""
_LOCK: Final = "SELECT FROM person WHERE id = %(person)s FOR SHARE"
_PUT: Final = f"""
INSERT INTO embedding (photo, person, model, sealed)
SELECT f.id, f.person, %(model)s, %(sealed)s FROM photo f JOIN person p ON p.id = f.person
WHERE f.id = %(photo)s AND {_MAY} FOR KEY SHARE OF f
ON CONFLICT DO NOTHING
"""
"""After `_LOCK`: whether it may be is asked once no word of consent is under way."""

_log = structlog.get_logger()


class Renewal:
    """Makes the faces that are missing."""

    def __init__(self, shelf: Shelf, photos: Photos) -> None:
        self._shelf = shelf
        self._photos = photos
        self._useless: set[str] = set()
        self._wanted = asyncio.Event()

    def soon(self) -> None:
        """Look at once rather than in a while."""
        self._wanted.set()

    async def watch(self) -> None:
        """Look now and then, for as long as the center runs."""
        while True:
            try:
                if self._shelf.vault.ready:
                    await self.round()
            except (StorageError, PeopleError) as error:
                _log.warning("faces not renewed", reason=str(error))
            self._wanted.clear()
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._wanted.wait()
            except TimeoutError:
                pass

    async def round(self) -> int:
        """Embed what is missing; return how many photos that were. Opens the engine only where there is a photo."""
        if not await self._shelf.database.rows("SELECT FROM photo LIMIT 1"):
            return 0
        model, made = await self._photos.ready(), 0
        while lacking := await self._shelf.database.rows(_LACKING, {"model": model, "useless": list(self._useless)}):
            for photo, person in lacking:
                made += await self._renewed(photo, person, model)
        if made:
            _log.info("faces renewed", photos=made, model=model)
            await self._shelf.faces.catch_up()
        return made

    async def _renewed(self, photo: str, person: str, model: str) -> bool:
        rows = await self._shelf.database.rows("SELECT sealed FROM photo WHERE id = %(photo)s", {"photo": photo})
        if not rows:
            return False
        try:
            jpeg = self._shelf.vault.open(KIND, photo, rows[0][0])
        except PeopleError as error:
            return self._given_up(photo, str(error))
        examined = await self._shelf.eyes.examined(jpeg, photo)
        if examined.usable is None:
            return self._given_up(photo, "" if examined.refusal is None else examined.refusal.sentence("en"))
        row = sealed(self._shelf.vault, photo, model, examined.usable.embedding)
        async with self._shelf.database.transaction() as connection:
            await connection.execute(_LOCK, {"person": person})
            done = await connection.execute(_PUT, {"photo": photo, "person": person, "model": model, "sealed": row})
        return bool(done.rowcount)

    def _given_up(self, photo: str, reason: str) -> bool:
        """Remember what is of no use to this engine, or not to be opened, until the center starts again: as many as there are photos."""
        _log.warning("photo is of no use to this engine", photo=photo, reason=reason)
        self._useless.add(photo)
        return False
