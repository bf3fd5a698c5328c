"""an enrolment that was looked at → exactly what it accepted, stored: each photo a transaction, and the same however often it is asked."""

from typing import Final

from center.occasions import refolding
from center.people import judging, matching
from center.people.enrolment import Enrolment, Item
from center.people.matching import Candidate
from center.people.models import AgreedIn, Kind
from center.people.persons import Connection, agree, put
from center.people.photos import KIND, NewPhoto, Shelf, keep
from center.people.report import Judged, Usable, light
from wardroom.errors import PeopleError

_WORDS: Final = "SELECT DISTINCT kind FROM consent WHERE person = %(person)s"
_MINE: Final = """
UPDATE delegate SET person = %(person)s WHERE id = %(delegate)s AND (person IS NULL OR person = %(person)s)
"""


class Storing:
    """Stores what a dry run accepted."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def store(self, job: Enrolment, item: Item) -> None:
        """Store one photo; what may not be any more is refused, with the reason. Raises as the database does: then it is asked again."""
        candidate, person = item.candidate, item.person
        if item.stored or not item.accepted or candidate is None or person is None:
            return
        try:
            await self._still_theirs(job, item)
            async with self._shelf.database.transaction() as connection:
                await self._on_record(connection, job, candidate, person)
                if item.photo is not None and item.place is not None and item.embedding is not None:
                    jpeg = self._shelf.vault.open(KIND, item.photo, job.get(item.place))
                    file = "" if matching.says_badge(item.judged.file, candidate) else item.judged.file
                    judged = Judged(file, item.judged.measures, Usable(jpeg, item.embedding), None)
                    await keep(connection, self._shelf.vault, NewPhoto(item.photo, person, judged, job.model), job.who)
                detail = {"enrolment": job.id, "photo": item.photo}
                await self._shelf.audit.note(job.who, "photo.enrolled", person, within=connection, **detail)
        except PeopleError as error:
            item.refuse(light(error))
        else:
            item.stored = True

    async def _still_theirs(self, job: Enrolment, item: Item) -> None:
        """Raise PeopleError where another archive or photo has enrolled this face as somebody else since it was looked at."""
        faces = self._shelf.faces
        nearest = None if item.embedding is None or item.person is None else faces.nearest(item.embedding, item.person)
        if nearest is None or nearest[1] < judging.bounds(job.model, self._shelf.threshold, len(faces)).accept:
            return
        names = await self._shelf.persons.names([nearest[0]])
        raise PeopleError("people.same_person", name=names.get(nearest[0], nearest[0]), score=round(nearest[1], 2))

    async def _on_record(self, connection: Connection, job: Enrolment, candidate: Candidate, person: str) -> None:
        """Put somebody on record, if they are not, with the consents of the archive for what they were never asked."""
        found = await connection.execute("SELECT FROM person WHERE id = %(person)s FOR UPDATE", {"person": person})
        if not await found.fetchall():
            if candidate.person is not None:
                raise PeopleError("people.no_person", id=person)
            await put(connection, person, candidate.name, job.who)
        if job.consent is not None:
            words = {row[0] for row in await (await connection.execute(_WORDS, {"person": person})).fetchall()}
            kinds: tuple[tuple[Kind, bool], ...] = (("face", job.consent.face), ("photo_shown", job.consent.photo_shown))
            asked = [AgreedIn(kind=kind, note=job.consent.note) for kind, given in kinds if given and kind not in words]
            await agree(connection, person, asked, job.who)
        if candidate.delegate is not None:
            changed = await connection.execute(_MINE, {"person": person, "delegate": candidate.delegate})
            if not changed.rowcount:
                raise PeopleError("people.delegate_changed", name=candidate.name)
        await refolding.refold_person(connection, person)
