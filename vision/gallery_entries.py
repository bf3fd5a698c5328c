"""persons and anchors: what a gallery holds, each refused if it cannot be compared.

A person has one embedding for each enrolled photo. An anchor is a face that must *not* be taken for somebody: "this is not me".
"""

from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from typing import Final, TypeAlias

import numpy as np

from vision.errors import GalleryError
from vision.faces import Embeddings

PHOTOS: Final = 32
"""Most embeddings of one person: many photos make nobody likelier, they only cost."""
ID_LENGTH: Final = 64
DIGEST: Final = 16
"""Bytes of a digest."""
_LENGTH_OFF: Final = 1e-3


class Kind(IntEnum):
    """What an entry is."""

    PERSON = 0
    ANCHOR = 1


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody enrolled. `id` is never a name. `embeddings`: (photos, dimensions), each row of length 1."""

    id: str
    embeddings: Embeddings

    def __post_init__(self) -> None:
        """Refuse what cannot be searched."""
        _check(self.id, self.embeddings)

    @property
    def kind(self) -> Kind:
        return Kind.PERSON

    @property
    def against(self) -> None:
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """A face that must not be taken for `against`; for nobody at all where that is None (an ignored stranger).

    `embeddings`: (1, dimensions), of length 1. An anchor only ever takes a name away: it makes no other name likelier.
    """

    id: str
    embeddings: Embeddings
    against: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be searched."""
        _check(self.id, self.embeddings)
        if len(self.embeddings) != 1:
            raise GalleryError("anchor_of_several", id=self.id, count=len(self.embeddings))
        if self.against is not None:
            _check_id(self.against)

    @property
    def kind(self) -> Kind:
        return Kind.ANCHOR


Entry: TypeAlias = Person | Anchor


def key(kind: Kind, entry_id: str) -> bytes:
    """Return what a removal is told by: the entry's digest, which names nobody."""
    return blake2b(entry_id.encode(), digest_size=DIGEST, person=kind.name.encode()).digest()


def digest(entry: Entry) -> int:
    """Return 128 bits of everything the entry says; their sum over a gallery is its checksum."""
    said = blake2b(digest_size=DIGEST, person=entry.kind.name.encode())
    for text in (entry.id, entry.against):
        said.update(b"\0" if text is None else bytes((1, len(text.encode()))) + text.encode())
    said.update(np.ascontiguousarray(entry.embeddings, dtype="<f4").data)
    return int.from_bytes(said.digest(), "big")


def unit(rows: Embeddings) -> bool:
    """Return whether each row holds numbers only and is of length 1."""
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1)
    return bool((np.abs(lengths - 1.0) < _LENGTH_OFF).all())


def _check(entry_id: str, rows: Embeddings) -> None:
    _check_id(entry_id)
    if rows.ndim != 2 or rows.dtype != np.float32 or not 0 < len(rows) <= PHOTOS:
        raise GalleryError("entry_rows", id=entry_id, shape=rows.shape, type=rows.dtype, limit=PHOTOS)
    if not unit(rows):
        raise GalleryError("entry_length", id=entry_id)


def _check_id(entry_id: str) -> None:
    if not entry_id.isprintable() or not 0 < len(entry_id.encode()) <= ID_LENGTH:
        raise GalleryError("entry_id", id=entry_id, limit=ID_LENGTH)
