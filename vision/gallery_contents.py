"""a change → the next state of a gallery: persons, anchors, what was removed, one version and one checksum. Pure; nothing is searched here.

A removal leaves a tombstone: the digest of the id and the version it left at, so that a copy elsewhere can be told. Of the face itself
nothing stays. Only the newest `TOMBSTONES` are kept: a copy older than the oldest one that was let go (`floor`) needs everything again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vision.errors import GalleryError
from vision.gallery_entries import ID_LENGTH, Entry, Kind, key
from vision.gallery_index import Index, empty

ROWS: Final = 200_000
"""Most embeddings of persons: 400 MB at 512 dimensions."""
ANCHORS: Final = 2_000
TOMBSTONES: Final = 10_000
_CHECKSUM: Final = 1 << 128


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """One state of a gallery. `version` counts its changes; `checksum` is the sum of its entries' digests modulo 2^128."""

    gallery: str
    model: str
    dimensions: int
    version: int
    floor: int
    persons: Index
    anchors: Index
    tombstones: Mapping[bytes, int]
    checksum: int

    def of(self, kind: Kind) -> Index:
        """Return the persons or the anchors."""
        return self.persons if kind is Kind.PERSON else self.anchors

    def ids(self) -> dict[bytes, tuple[Kind, str]]:
        """Return every entry by what a tombstone would call it."""
        return {key(kind, entry_id): (kind, entry_id) for kind in Kind for entry_id in self.of(kind).ids}


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What becomes different at once: entries put, with the versions they were changed at, and entries that leave."""

    version: int
    put: Sequence[Entry]
    versions: Sequence[int]
    persons: Collection[str]
    anchors: Collection[str]
    tombstones: Mapping[bytes, int]
    floor: int = 0


def nothing(gallery: str, model: str, dimensions: int) -> Contents:
    """Return a gallery of nobody. `gallery`: its id, new for each one ever made; raises GalleryError for an id or a size that is none."""
    if not 0 < len(gallery) <= ID_LENGTH or not 0 < len(model) <= 200 or not 0 < dimensions <= 4096:
        raise GalleryError("gallery_identity", gallery=gallery, model=model, dimensions=dimensions)
    return Contents(gallery, model, dimensions, 0, 0, empty(dimensions), empty(dimensions), {}, 0)


def edited(contents: Contents, put: Sequence[Entry], remove: Sequence[tuple[Kind, str]]) -> Contents:
    """Return the contents one version on: `put` replaces entries of the same id, `remove` wins over `put`.

    With a person the anchors against that person leave too. What is not there cannot leave, and no change is no version.
    """
    persons = {entry_id for kind, entry_id in remove if kind is Kind.PERSON}
    anchors = {entry_id for kind, entry_id in remove if kind is Kind.ANCHOR} | {
        entry_id for entry_id, against in zip(contents.anchors.ids, contents.anchors.against, strict=True) if against in persons
    }
    stay = {(entry.kind, entry.id): entry for entry in put if entry.id not in (persons if entry.kind is Kind.PERSON else anchors)}
    stay = {which: entry for which, entry in stay.items() if entry.against not in persons}
    persons &= contents.persons.positions.keys()
    anchors &= contents.anchors.positions.keys()
    if not (stay or persons or anchors):
        return contents
    version = contents.version + 1
    gone = {key(Kind.PERSON, entry_id): version for entry_id in persons} | {key(Kind.ANCHOR, entry_id): version for entry_id in anchors}
    return changed(contents, Change(version, list(stay.values()), [version] * len(stay), persons, anchors, gone))


def changed(contents: Contents, change: Change) -> Contents:
    """Return the contents after a change; raises GalleryError for embeddings of another size and beyond the limits."""
    sizes = {entry.embeddings.shape[1] for entry in change.put} - {contents.dimensions}
    if sizes:
        raise GalleryError("gallery_dimensions", dimensions=contents.dimensions, got=sizes.pop())
    people, versions_of_people = _of(change, Kind.PERSON)
    marks, versions_of_marks = _of(change, Kind.ANCHOR)
    persons = contents.persons.changed(change.persons, people, versions_of_people) if people or change.persons else contents.persons
    anchors = contents.anchors.changed(change.anchors, marks, versions_of_marks) if marks or change.anchors else contents.anchors
    if len(persons.matrix) > ROWS or len(anchors) > ANCHORS:
        raise GalleryError("gallery_full", rows=len(persons.matrix), rows_limit=ROWS, anchors=len(anchors), anchors_limit=ANCHORS)
    tombstones, floor = _bounded(contents, change)
    return replace(
        contents,
        version=change.version,
        floor=floor,
        persons=persons,
        anchors=anchors,
        tombstones=tombstones,
        checksum=checksum(persons, anchors),
    )


def checksum(persons: Index, anchors: Index) -> int:
    """Return the sum of all digests: the same for the same entries in any order."""
    return (sum(persons.digests) + sum(anchors.digests)) % _CHECKSUM


def _of(change: Change, kind: Kind) -> tuple[list[Entry], list[int]]:
    chosen = [(entry, version) for entry, version in zip(change.put, change.versions, strict=True) if entry.kind is kind]
    return [entry for entry, _ in chosen], [version for _, version in chosen]


def _bounded(contents: Contents, change: Change) -> tuple[dict[bytes, int], int]:
    """Return the newest tombstones, and the version of the newest one that was let go."""
    back = {key(entry.kind, entry.id) for entry in change.put}
    every = {which: at for which, at in {**contents.tombstones, **change.tombstones}.items() if which not in back}
    ordered = sorted(every.items(), key=lambda each: each[1])
    let_go = ordered[: max(0, len(ordered) - TOMBSTONES)]
    return dict(ordered[len(let_go) :]), max([contents.floor, change.floor, *(at for _, at in let_go)])
