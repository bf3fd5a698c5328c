"""one archive of photos that is enrolled → where it stands, and each photo's word.

What it keeps until it is stored is sealed, in a file without a name.
"""

import os
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

from center.people.matching import Candidate
from center.people.models import AgreementIn, EnrolmentItemOut, EnrolmentOut, EnrolmentState
from center.people.report import Judged
from vision.faces import Embeddings
from wardroom.errors import PeopleError, Spoken


@dataclass(slots=True, kw_only=True, eq=False)
class Item:
    """One photo. `person`: whose, once that is known, also of somebody who is on record only when it is stored.

    `place`: where its sealed JPEG lies; None: nothing is to be stored but who is meant. `stored`: it is.
    """

    judged: Judged
    candidate: Candidate | None = None
    person: str | None = None
    photo: str | None = None
    embedding: Embeddings | None = None
    place: tuple[int, int] | None = None
    stored: bool = False
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def accepted(self) -> bool:
        return self.judged.refusal is None

    def refuse(self, refusal: Spoken) -> None:
        """Take the acceptance back: something changed since the dry run."""
        self.judged = Judged(self.judged.file, self.judged.measures, None, refusal, self.judged.nearest)

    def out(self, language: str) -> EnrolmentItemOut:
        known = self.person if self.stored or (self.candidate is not None and self.candidate.person is not None) else None
        told = self.judged.out(self.photo if self.stored else None, self.created, language)
        return EnrolmentItemOut(
            **told.model_dump(), person=known if self.candidate else None, name=self.candidate.name if self.candidate else None
        )


@dataclass(slots=True, kw_only=True, eq=False)
class Enrolment:
    """One archive. `model`: of the engine that looked at it; `committed`: it was told to be stored; `dropped`: it is to stop.

    `forgotten`: who was erased since it began.
    """

    id: str
    upload: str
    occasion: str | None
    consent: AgreementIn | None
    who: str
    touched: float
    spool: BinaryIO
    state: EnrolmentState = EnrolmentState.RUNNING
    detail: Spoken | None = None
    model: str = ""
    total: int = 0
    done: int = 0
    items: list[Item] = field(default_factory=list)
    committed: bool = False
    dropped: bool = False
    forgotten: set[str] = field(default_factory=set)

    @property
    def busy(self) -> bool:
        return self.state in {EnrolmentState.RUNNING, EnrolmentState.STORING}

    def put(self, sealed: bytes) -> tuple[int, int]:
        """Keep a photo until it is stored; return where. Raises PeopleError where there is no room."""
        try:
            place = self.spool.seek(0, os.SEEK_END), len(sealed)
            self.spool.write(sealed)
        except OSError as error:
            raise PeopleError("people.no_room", detail=error.strerror or str(error)) from error
        return place

    def get(self, place: tuple[int, int]) -> bytes:
        """Return what was kept at a place."""
        self.spool.seek(place[0])
        return self.spool.read(place[1])

    def wipe(self, item: Item) -> None:
        """Overwrite what is kept of a photo."""
        if item.place is not None:
            self.spool.seek(item.place[0])
            self.spool.write(bytes(item.place[1]))
        item.embedding = item.place = None

    def add(self, item: Item) -> None:
        """Take a photo that was looked at; of who was erased meanwhile nothing stays."""
        self.items.append(item)
        if item.person in self.forgotten:
            self._let_go(item)

    def forget(self, person: str) -> None:
        """Wipe what is kept of somebody who was erased, also what is looked at just now."""
        self.forgotten.add(person)
        for item in self.items:
            if item.person == person and not item.stored:
                self._let_go(item)

    def _let_go(self, item: Item) -> None:
        self.wipe(item)
        item.refuse(PeopleError("people.no_person", id=item.person))

    def out(self, language: str) -> EnrolmentOut:
        accepted = sum(item.accepted for item in self.items)
        return EnrolmentOut(
            id=self.id,
            state=self.state,
            detail=None if self.detail is None else self.detail.sentence(language),
            total=self.total,
            done=self.done,
            accepted=accepted,
            refused=len(self.items) - accepted,
            items=[item.out(language) for item in self.items],
        )


def spool(scratch: str | None) -> BinaryIO:
    """Return a new file without a name; raises PeopleError where none can be made."""
    try:
        return tempfile.TemporaryFile(dir=scratch)
    except OSError as error:
        raise PeopleError("people.no_room", detail=error.strerror or str(error)) from error
