"""the contents of a gallery ↔ a head (MessagePack) and the rows as they lie in memory, in pieces: for the file, never held twice."""

import struct
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from vision.errors import GalleryError
from vision.faces import Embeddings
from vision.gallery_contents import ANCHORS, ROWS, Contents, checksum
from vision.gallery_entries import DIGEST
from vision.gallery_index import Index, indexed

_LENGTH: Final = struct.Struct("<Q")
_HEAD: Final = 256 << 20
"""More bytes of head than any gallery needs."""


class _Table(msgspec.Struct, frozen=True, array_like=True):
    """An index without its rows; `counts` and `versions` are little-endian int64, `digests` 16 bytes each."""

    ids: list[str]
    against: list[str | None]
    counts: bytes
    versions: bytes
    digests: bytes


class _Head(msgspec.Struct, frozen=True, array_like=True):
    gallery: str
    model: str
    dimensions: int
    version: int
    floor: int
    persons: _Table
    anchors: _Table
    tombstones: dict[bytes, int]
    checksum: bytes


class Unpacking:
    """Plain bytes that come in pieces of any size, taken in pieces of other sizes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def into(self, target: memoryview) -> None:
        """Fill `target`; raises GalleryError where the bytes end before."""
        filled = 0
        while filled < len(target):
            if not self._rest:
                self._rest = memoryview(next(self._pieces, b""))
            if not self._rest:
                raise GalleryError("gallery_short", missing=len(target) - filled)
            taken = min(len(self._rest), len(target) - filled)
            target[filled : filled + taken] = self._rest[:taken]
            self._rest, filled = self._rest[taken:], filled + taken

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        taken = bytearray(count)
        self.into(memoryview(taken))
        return bytes(taken)


def packed(contents: Contents) -> Iterator[memoryview]:
    """Yield the gallery as bytes: the head's length, the head, the rows of persons and of anchors."""
    head = msgspec.msgpack.encode(
        _Head(
            contents.gallery,
            contents.model,
            contents.dimensions,
            contents.version,
            contents.floor,
            _table(contents.persons),
            _table(contents.anchors),
            dict(contents.tombstones),
            contents.checksum.to_bytes(DIGEST, "big"),
        )
    )
    yield memoryview(_LENGTH.pack(len(head)))
    yield memoryview(head)
    for index in (contents.persons, contents.anchors):
        if len(index):
            yield np.ascontiguousarray(index.matrix, dtype="<f4").data.cast("B")


def unpacked(pieces: Iterator[bytes]) -> Contents:
    """Return the gallery of those bytes; raises GalleryError where they do not fit together."""
    source = Unpacking(pieces)
    (length,) = _LENGTH.unpack(source.take(_LENGTH.size))
    if length > _HEAD:
        raise GalleryError("gallery_unfit", detail=f"a head of {length} bytes")
    try:
        head = msgspec.msgpack.decode(source.take(length), type=_Head)
        persons = _index(head.persons, head.dimensions, ROWS, source)
        anchors = _index(head.anchors, head.dimensions, ANCHORS, source)
    except (msgspec.MsgspecError, ValueError) as error:
        raise GalleryError("gallery_unfit", detail=error) from error
    total = checksum(persons, anchors)
    if total.to_bytes(DIGEST, "big") != head.checksum:
        raise GalleryError("gallery_unfit", detail="its checksum is another")
    return Contents(head.gallery, head.model, head.dimensions, head.version, head.floor, persons, anchors, head.tombstones, total)


def _table(index: Index) -> _Table:
    counts = np.diff(index.starts, append=len(index.matrix))
    digests = b"".join(each.to_bytes(DIGEST, "big") for each in index.digests)
    return _Table(list(index.ids), list(index.against), _bytes(counts), _bytes(index.versions), digests)


def _index(table: _Table, dimensions: int, limit: int, source: Unpacking) -> Index:
    counts, versions = np.frombuffer(table.counts, "<i8"), np.frombuffer(table.versions, "<i8")
    total = int(counts.sum())
    lengths = {len(table.ids), len(table.against), len(counts), len(versions), len(table.digests) // DIGEST}
    if len(lengths) > 1 or not 0 <= total <= limit or not 0 < dimensions <= 4096 or (counts < 1).any():
        raise ValueError(f"{total} rows for {sorted(lengths)} entries")
    matrix: Embeddings = np.empty((total, dimensions), "<f4").astype(np.float32, copy=False)
    if total:
        source.into(matrix.data.cast("B"))
    digests = tuple(int.from_bytes(table.digests[at : at + DIGEST], "big") for at in range(0, len(table.digests), DIGEST))
    return indexed(
        ids=tuple(table.ids),
        against=tuple(table.against),
        counts=counts.astype(np.int64),
        matrix=matrix,
        versions=versions.astype(np.int64),
        digests=digests,
    )


def _bytes(numbers: NDArray[np.int64]) -> bytes:
    return np.ascontiguousarray(numbers, dtype="<i8").tobytes()
