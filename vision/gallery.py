"""embeddings + everybody enrolled → the nearest person and the second: exact cosine in memory, one score a person however many photos.

Searching says who is nearest, never who it is: thresholds, margins and votes are `vision/decision.py`'s. A search works on one state of the
gallery from beginning to end; a change in another thread replaces the state as a whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.errors import GalleryError
from vision.faces import Embeddings
from vision.gallery_contents import Contents, edited
from vision.gallery_entries import Anchor, Entry, Kind, Person, unit
from vision.gallery_index import Index

NO_SCORE: Final = -1.0
"""The score of nobody: no cosine is lower."""
_FACES: Final = 16
"""Faces searched at once: bounds the memory of a search to 13 MB in a full gallery."""


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest person and the second one, with their best cosines; None and -1 where there is nobody.

    `anchor`: the id of the nearest anchor against `person` (or against everybody), None where there is none.
    """

    person: str | None
    score: float
    runner_up: str | None = None
    runner_up_score: float = NO_SCORE
    anchor: str | None = None
    anchor_score: float = NO_SCORE


NOBODY: Final = Match(None, NO_SCORE)


class Gallery:
    """Everybody enrolled, of one model. Any thread may search and change it."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._changing = Lock()

    @property
    def contents(self) -> Contents:
        """Return the state it is in; that state never changes."""
        return self._contents

    def __len__(self) -> int:
        """Return how many persons there are."""
        return len(self._contents.persons)

    def change(self, put: Sequence[Entry] = (), remove: Sequence[str] = (), remove_anchors: Sequence[str] = ()) -> Contents:
        """Put and remove many at once, in one version and one copy of the rows: a hundred persons are one call, not a hundred.

        `put` replaces entries of the same id. Raises GalleryError for embeddings of another size and beyond the limits.
        """
        gone = [*((Kind.PERSON, entry_id) for entry_id in remove), *((Kind.ANCHOR, entry_id) for entry_id in remove_anchors)]
        return self.replace(lambda contents: edited(contents, put, gone))

    def replace(self, step: Callable[[Contents], Contents]) -> Contents:
        """Put the state that `step` makes of the present one in its place; what `step` raises leaves it as it was."""
        with self._changing:
            self._contents = step(self._contents)
            return self._contents

    def person(self, person_id: str) -> Person | None:
        """Return somebody with all embeddings, None where there is no such person."""
        persons = self._contents.persons
        place = persons.positions.get(person_id)
        return None if place is None else Person(person_id, persons.rows(place))

    def anchors(self) -> tuple[Anchor, ...]:
        """Return every anchor."""
        index = self._contents.anchors
        return tuple(Anchor(entry_id, index.rows(place), index.against[place]) for place, entry_id in enumerate(index.ids))

    def search(self, embeddings: Embeddings, model: str) -> tuple[Match, ...]:
        """Return a match for each row of `embeddings`; raises GalleryError for those of another model and for what is no embedding."""
        contents = self._contents
        if model != contents.model:
            raise GalleryError("gallery_model", ours=contents.model, theirs=model)
        if embeddings.ndim != 2 or embeddings.shape[1] != contents.dimensions:
            raise GalleryError("gallery_dimensions", dimensions=contents.dimensions, got=embeddings.shape)
        if embeddings.dtype != np.float32 or not unit(embeddings):
            raise GalleryError("gallery_query", type=embeddings.dtype)  # else the first one enrolled would be nearest to no number at all
        return tuple(
            match for first in range(0, len(embeddings), _FACES) for match in _matches(contents, embeddings[first : first + _FACES])
        )


def _matches(contents: Contents, embeddings: Embeddings) -> list[Match]:
    if not len(contents.persons):
        return [NOBODY] * len(embeddings)
    marks = contents.anchors.best(embeddings) if len(contents.anchors) else None
    return [
        _match(contents, scores, None if marks is None else marks[face]) for face, scores in enumerate(contents.persons.best(embeddings))
    ]


def _match(contents: Contents, scores: NDArray[np.float32], marks: NDArray[np.float32] | None) -> Match:
    """Return the two best of `scores`, which is overwritten, and the best anchor of the first."""
    ids = contents.persons.ids
    first = int(scores.argmax())
    best, scores[first] = float(scores[first]), -np.inf
    second = int(scores.argmax())
    runner_up, runner_up_score = (ids[second], float(scores[second])) if len(ids) > 1 else (None, NO_SCORE)
    anchor, anchor_score = _anchor(contents.anchors, ids[first], marks)
    return Match(ids[first], best, runner_up, runner_up_score, anchor, anchor_score)


def _anchor(anchors: Index, person: str, marks: NDArray[np.float32] | None) -> tuple[str | None, float]:
    if marks is None:
        return None, NO_SCORE
    applies = [place for place, against in enumerate(anchors.against) if against is None or against == person]
    if not applies:
        return None, NO_SCORE
    nearest = max(applies, key=lambda place: float(marks[place]))
    return anchors.ids[nearest], float(marks[nearest])
