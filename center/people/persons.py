"""people and what they agreed to: rows in, rows out; a word of consent is a row, and the newest of a kind holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
import uuid6

from center.cursors import cursor, places
from center.models import Page
from center.occasions import refolding
from center.people.audit import Audit
from center.people.models import AgreedIn, ConsentIn, Consents, FoundIn, PersonChangeIn, PersonIn, PersonOut, SaidOut
from center.people.traces import traced
from center.plain import patterns, plain
from center.store.database import Database
from wardroom.errors import PeopleError

GIVEN: Final = "coalesce((SELECT c.given FROM consent c WHERE c.person = p.id AND c.kind = '{kind}' ORDER BY c.id DESC LIMIT 1), false)"
"""Whether a kind of consent holds for the person `p`."""
_ROW: Final = f"""
SELECT p.id::text, p.name, (SELECT count(*) FROM photo f WHERE f.person = p.id) AS photos,
       EXISTS (SELECT FROM embedding e WHERE e.person = p.id) AS embedded,
       {GIVEN.format(kind="face")} AS face, {GIVEN.format(kind="photo_shown")} AS photo_shown,
       p.retain_until, coalesce(p.retain_until <= now(), false) AS over, p.plain
FROM person p
"""
_PAGE: Final = f"""{_ROW}
WHERE ' ' || p.plain LIKE ALL (%(patterns)s::text[]) AND (p.plain, p.id::text) > (%(after0)s, %(after1)s)
ORDER BY p.plain, p.id::text LIMIT %(limit)s
"""
_SAID: Final = "SELECT kind, given, at, noted_by, note FROM consent WHERE person = %(person)s ORDER BY id DESC LIMIT 200"
_CONSENT: Final = "INSERT INTO consent (person, kind, given, noted_by, note) VALUES (%(person)s, %(kind)s, %(given)s, %(by)s, %(note)s)"
_CHANGE: Final = """
UPDATE person SET name = coalesce(%(name)s, name), plain = CASE WHEN %(name)s::text IS NULL THEN plain ELSE %(plain)s END,
    retain_until = CASE WHEN %(ends)s THEN %(until)s ELSE retain_until END
WHERE id = %(id)s
"""

Connection = psycopg.AsyncConnection[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody on record. `over`: their time is over, nothing of their face is kept."""

    id: str
    name: str
    photos: int
    embedded: bool
    face: bool
    photo_shown: bool
    retain_until: datetime | None
    over: bool
    plain: str

    def out(self) -> PersonOut:
        return PersonOut(
            id=self.id,
            name=self.name,
            photos=self.photos,
            enrolled=self.embedded and self.face and not self.over,
            consent=Consents(face=self.face, photo_shown=self.photo_shown),
            retain_until=self.retain_until,
        )


class Persons:
    """People on record."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def page(self, asked: FoundIn) -> Page[PersonOut]:
        after = places(asked.cursor, (str, str)) or ["", ""]
        values = {"patterns": patterns(asked.q) or ["%"], "limit": asked.limit + 1, "after0": after[0], "after1": after[1]}
        found = await self._database.objects(Known, _PAGE, values)
        more = cursor([found[asked.limit - 1].plain, found[asked.limit - 1].id]) if len(found) > asked.limit else None
        return Page[PersonOut](items=[known.out() for known in found[: asked.limit]], next=more)

    async def known(self, person: str) -> Known:
        """Return somebody; raises PeopleError where there is no such person."""
        found = await self._database.objects(Known, f"{_ROW} WHERE p.id = %(person)s", {"person": person})
        if not found:
            raise PeopleError("people.no_person", id=person)
        return found[0]

    async def said(self, person: str) -> list[SaidOut]:
        """Return somebody's words of consent, the newest 200 of them first."""
        return await self._database.objects(SaidOut, _SAID, {"person": person})

    async def names(self, persons: Sequence[str]) -> dict[str, str]:
        """Return the names of those of these persons that there are."""
        rows = await self._database.rows("SELECT id::text, name FROM person WHERE id = ANY(%(ids)s::uuid[])", {"ids": list(persons)})
        return dict(rows)

    async def create(self, asked: PersonIn, who: str) -> Known:
        person = str(uuid6.uuid7())
        async with self._database.transaction() as connection:
            await put(connection, person, asked.name, who, asked.retain_until)
            await agree(connection, person, asked.consents, who)
            kinds = [consent.kind for consent in asked.consents]
            await self._audit.note(who, "person.created", person, within=connection, consents=kinds)
        return await self.known(person)

    async def change(self, person: str, asked: PersonChangeIn, who: str) -> Known:
        named = asked.model_fields_set
        values = {"id": person, "name": asked.name, "plain": plain(asked.name or ""), "until": asked.retain_until}
        async with self._database.transaction() as connection:
            changed = await connection.execute(_CHANGE, values | {"ends": "retain_until" in named})
            if not changed.rowcount:
                raise PeopleError("people.no_person", id=person)
            await self._audit.note(who, "person.changed", person, within=connection, fields=sorted(named))
        return await self.known(person)

    async def consent(self, person: str, asked: ConsentIn, who: str) -> tuple[Known, set[UUID]]:
        """Note a word of consent; return the passages that count for something else now, or have no best shot any more.

        Whoever agrees to nothing any more has no photos, and whoever is not to be recognised no faces and no best shots.
        """
        async with self._database.transaction() as connection:
            there = await connection.execute("SELECT FROM person WHERE id = %(person)s FOR UPDATE", {"person": person})
            if not there.rowcount:
                raise PeopleError("people.no_person", id=person)
            values = {"person": person, "kind": asked.kind, "given": asked.given, "by": who, "note": asked.note}
            await connection.execute(_CONSENT, values)
            gone = await _without_consent(connection, person)
            changed = await refolding.refold_person(connection, person)
            if asked.kind == "face" and not asked.given:
                traces = await traced(connection, person)
                gone["best_shots"] = await traces.without_shots(connection)
                changed |= {UUID(passage) for passage in traces.passages}
            action = "consent.given" if asked.given else "consent.withdrawn"
            await self._audit.note(who, action, person, within=connection, kind=asked.kind, **gone)
        return await self.known(person), changed


async def put(connection: Connection, person: str, name: str, who: str, until: datetime | None = None) -> None:
    """Put somebody on record."""
    await connection.execute(
        "INSERT INTO person (id, name, plain, retain_until, created_by) VALUES (%(id)s, %(name)s, %(plain)s, %(until)s, %(by)s)",
        {"id": person, "name": name, "plain": plain(name), "until": until, "by": who},
    )


async def agree(connection: Connection, person: str, consents: Sequence[AgreedIn], who: str) -> None:
    """Note what somebody agrees to."""
    for consent in consents:
        values = {"person": person, "kind": consent.kind, "given": True, "by": who, "note": consent.note}
        await connection.execute(_CONSENT, values)


async def _without_consent(connection: Connection, person: str) -> dict[str, int]:
    """Delete what nobody agrees to any more; return how much of it there was."""
    rows = await connection.execute(
        f"SELECT {GIVEN.format(kind='face')}, {GIVEN.format(kind='photo_shown')} FROM person p WHERE p.id = %(person)s", {"person": person}
    )
    ((face, shown),) = await rows.fetchall()
    gone = {}
    if not face:
        gone["faces"] = (await connection.execute("DELETE FROM embedding WHERE person = %(person)s", {"person": person})).rowcount
    if not face and not shown:
        gone["photos"] = (await connection.execute("DELETE FROM photo WHERE person = %(person)s", {"person": person})).rowcount
    return gone
