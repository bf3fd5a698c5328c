"""what one dry run remembers: who was given a photo in it, whom a delegate turned out to be, and the faces it has seen."""

from collections import Counter
from dataclasses import replace

import numpy as np
import uuid6

from center.people.enrolment import Enrolment, Item
from center.people.matching import Candidate, Matching
from center.people.photos import MOST
from center.people.report import Among
from vision import gallery_contents
from vision.gallery import Gallery
from vision.gallery_entries import Person
from wardroom.errors import PeopleError


class DryRun:
    """The memory of looking at one archive. `everybody`: who is enrolled, which stays as it is; None where nobody is."""

    def __init__(self, job: Enrolment, matching: Matching, everybody: Gallery | None) -> None:
        self.job = job
        self._matching = matching
        self._gallery = None if everybody is None else Gallery(everybody.contents)
        self._names: dict[str, str] = {}
        self._new: dict[str, str] = {}
        self._joined: dict[str, Candidate] = {}
        self._photos: Counter[str] = Counter()

    @property
    def among(self) -> Among:
        """Return whom the next photo is compared with."""
        return Among(self._gallery, self._names)

    def find(self, name: str) -> Candidate:
        """Return whom a file name means; raises PeopleError where that is nobody, or more than one."""
        found = self._matching.find(name)
        return self._joined.get(found.id, found)

    def allow(self, candidate: Candidate) -> None:
        """Raise PeopleError where no photo of somebody may be kept: a consent withdrawn is not given back by an archive."""
        agreed = self.job.consent is not None and self.job.consent.face
        if candidate.face is False:
            raise PeopleError("people.withdrew", name=candidate.name)
        if candidate.face is None and not agreed:
            raise PeopleError("people.no_consent", id=candidate.id)
        if candidate.over:
            raise PeopleError("people.over", id=candidate.id)
        if candidate.photos + self._photos[candidate.id] >= MOST:
            raise PeopleError("people.many_photos", id=candidate.id, limit=MOST)

    def person(self, candidate: Candidate) -> str:
        """Return whose a photo is: the person on record, or the one that will be when it is stored."""
        return candidate.person or self._new.setdefault(candidate.id, str(uuid6.uuid7()))

    def is_new(self, person: str) -> bool:
        """Whether somebody will be on record only when this is stored."""
        return person in self._names

    def join(self, candidate: Candidate, known: Candidate) -> Candidate:
        """Take a delegate, from here on, for somebody on record."""
        joined = replace(candidate, person=known.person, face=known.face, photos=known.photos, over=known.over)
        self._joined[candidate.id] = joined
        return joined

    def take(self, item: Item) -> None:
        """Count an accepted photo, and compare the next ones with it."""
        if item.candidate is None or item.person is None or item.embedding is None:
            return
        self._photos[item.candidate.id] += 1
        if item.candidate.person is None:
            self._names[item.person] = item.candidate.name
        if self._gallery is None:
            self._gallery = Gallery(gallery_contents.nothing(str(uuid6.uuid7()), self.job.model, item.embedding.shape[1]))
        known = self._gallery.person(item.person)
        rows = item.embedding if known is None else np.concatenate([known.embeddings, item.embedding])
        self._gallery.change([Person(item.person, rows)])
