"""an archive of photos → each one judged: whose it is, whether it is of use, and whether it may be kept. Nothing is stored."""

import asyncio
from typing import Final

import uuid6

from center.people import archive
from center.people.archive import Archive, Entry
from center.people.dry_run import DryRun
from center.people.enrolment import Enrolment, Item
from center.people.matching import Candidate, Matching
from center.people.photos import KIND, Photos, Shelf
from center.people.report import Examined, Judged, Measures, light
from center.plain import plain
from center.uploads import Uploads
from wardroom.errors import PeopleError

_LAST: Final = "(SELECT c.given FROM consent c WHERE c.person = p.id AND c.kind = 'face' ORDER BY c.id DESC LIMIT 1)"
_OF_PERSON: Final = f"""
p.id::text AS person, {_LAST} AS face, coalesce(p.retain_until <= now(), false) AS over,
(SELECT count(*) FROM photo f WHERE f.person = p.id) AS photos
"""
_DELEGATES: Final = f"""
SELECT d.id::text AS delegate, d.name, d.seat, d.photo_file, d.badge_digest AS badge, {_OF_PERSON}
FROM delegate d LEFT JOIN person p ON p.id = d.person WHERE d.occasion = %(occasion)s
"""
_PERSONS: Final = f"SELECT p.name, {_OF_PERSON} FROM person p"


class Looking:
    """The dry run of an archive."""

    def __init__(self, shelf: Shelf, photos: Photos, uploads: Uploads) -> None:
        self._shelf = shelf
        self._photos = photos
        self._uploads = uploads

    async def look(self, job: Enrolment) -> None:
        """Judge every photo of the archive, one by one; raises PeopleError where there is no archive, and as the database does."""
        with self._uploads.get(job.upload).reader() as reader:
            opened = await asyncio.to_thread(archive.opened, reader)
            entries = opened.entries
            job.total = len(entries)
            matching = await asyncio.to_thread(Matching, await self._candidates(job.occasion))
            job.model = await self._photos.ready()
            run = DryRun(job, matching, self._shelf.faces.gallery)
            for entry in entries:
                if job.dropped:
                    return
                job.add(await self._looked(run, opened, entry))
                job.done += 1

    async def _candidates(self, occasion: str | None) -> list[Candidate]:
        if occasion is None:
            return await self._shelf.database.objects(Candidate, _PERSONS)
        if not await self._shelf.database.rows("SELECT FROM occasion WHERE id = %(occasion)s", {"occasion": occasion}):
            raise PeopleError("people.no_occasion", id=occasion)
        return await self._shelf.database.objects(Candidate, _DELEGATES, {"occasion": occasion})

    async def _looked(self, run: DryRun, opened: Archive, entry: Entry) -> Item:
        candidate: Candidate | None = None
        try:
            if entry.refusal is not None:
                raise entry.refusal
            candidate = run.find(entry.name)
            run.allow(candidate)
            data = await asyncio.to_thread(opened.read, entry)
        except PeopleError as error:
            return Item(judged=Judged(entry.name, Measures(0), None, light(error)), candidate=candidate)
        examined = await self._shelf.eyes.examined(data, entry.name)
        return await self._judged(run, entry.name, candidate, examined)

    async def _judged(self, run: DryRun, file: str, candidate: Candidate, examined: Examined) -> Item:
        judged = await self._photos.judged(examined, file, run.person(candidate), run.among)
        joined = await self._on_record(run, candidate, judged)
        if joined is not None:
            candidate = joined
            judged = await self._photos.judged(examined, file, run.person(candidate), run.among)
            if _is(judged, "people.same_photo"):  # there already: only who is meant is new
                judged = Judged(file, judged.measures, None, None, judged.nearest)
        item = Item(judged=judged, candidate=candidate, person=run.person(candidate))
        if judged.usable is not None:
            item.photo, item.embedding = str(uuid6.uuid7()), judged.usable.embedding
            item.place = run.job.put(self._shelf.vault.seal(KIND, item.photo, judged.usable.jpeg))
            item.judged = Judged(file, judged.measures, None, None, judged.nearest)
            await asyncio.to_thread(run.take, item)
        return item

    async def _on_record(self, run: DryRun, candidate: Candidate, judged: Judged) -> Candidate | None:
        """Return a delegate as the person of the same name whose face it is: somebody who came to an earlier occasion; else None."""
        nearest = judged.nearest
        if candidate.person is not None or nearest is None or not _is(judged, "people.same_person") or run.is_new(nearest.person):
            return None
        if plain(nearest.name) != plain(candidate.name):
            return None
        known = await self._shelf.database.objects(Candidate, f"{_PERSONS} WHERE p.id = %(person)s", {"person": nearest.person})
        return run.join(candidate, known[0]) if known else None


def _is(judged: Judged, key: str) -> bool:
    return isinstance(judged.refusal, PeopleError) and judged.refusal.key == key
