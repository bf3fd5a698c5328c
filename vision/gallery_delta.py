"""two versions of a gallery → the bytes that lead from one to the other; those bytes → the same gallery elsewhere.

The center makes a delta of everything that changed since the version an edge says it has; the edge applies it. A delta carries final
states, not steps: lost, repeated and reordered ones do no harm. What would leave a hole is refused with the version to ask from; what leads
to another checksum than the center's is refused with the wish for everything. A delta holds faces in the clear: it travels under TLS only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
import numpy as np

from vision.errors import GalleryError, GalleryGap
from vision.gallery_contents import Change, Contents, changed, nothing
from vision.gallery_entries import DIGEST, Anchor, Entry, Kind, Person
from vision.gallery_index import Index

FORMAT: Final = 1
EVERYTHING: Final = -1
"""The version of a side that has nothing, or nothing it may keep."""
NOBODY: Final = b"\xc0"
"""In place of a delta (nil, in MessagePack): nobody is enrolled; whoever has a gallery removes it."""
Version: TypeAlias = Annotated[int, msgspec.Meta(ge=EVERYTHING, le=1 << 53)]
"""Far more changes than a gallery ever sees, and still a number everywhere."""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One entry on the way; `rows`: little-endian float32, photos × dimensions."""

    kind: Literal[0, 1]
    id: str
    against: str | None
    version: Version
    rows: bytes


class Delta(msgspec.Struct, frozen=True, array_like=True):
    """What changed in `gallery` after version `base`, up to `version`; all of it where `base` is `EVERYTHING`.

    `tombstones`: digests of the ids that left, with their versions. `checksum`: of the whole gallery at `version`.
    """

    format: int
    gallery: str
    model: str
    dimensions: int
    base: Version
    version: Version
    floor: Version
    put: list[Row]
    tombstones: dict[bytes, Version]
    checksum: bytes


def since(contents: Contents, version: int) -> Delta:
    """Return what a copy at `version` lacks; everything where that is `EVERYTHING` or further back than removals are remembered.

    Raises GalleryError where the copy is ahead: then this side was restored from an older state, may hold people who were erased since, and
    needs a new id (`renewed`) once they are erased again.
    """
    if version > contents.version:
        raise GalleryError("gallery_ahead", gallery=contents.gallery, ours=contents.version, theirs=version)
    base = version if version >= contents.floor else EVERYTHING
    gone = {which: at for which, at in contents.tombstones.items() if at > base}
    return Delta(
        format=FORMAT,
        gallery=contents.gallery,
        model=contents.model,
        dimensions=contents.dimensions,
        base=base,
        version=contents.version,
        floor=contents.floor,
        put=[row for kind in Kind for row in _rows(contents.of(kind), kind, base)],
        tombstones=gone,
        checksum=contents.checksum.to_bytes(DIGEST, "big"),
    )


def applied(contents: Contents, delta: Delta) -> Contents:
    """Return the contents after `delta`; the same ones where they have it already.

    Raises GalleryError for another gallery or model, and GalleryGap where another delta is needed: it says from which version.
    """
    if delta.gallery != contents.gallery:
        raise GalleryError("gallery_foreign", ours=contents.gallery, theirs=delta.gallery)
    if (delta.model, delta.dimensions) != (contents.model, contents.dimensions):
        raise GalleryError("gallery_model", ours=contents.model, theirs=delta.model)
    same = delta.checksum == contents.checksum.to_bytes(DIGEST, "big")
    if delta.version < contents.version or (delta.version == contents.version and same):
        return contents
    if delta.base > contents.version:
        raise GalleryGap("gallery_gap", since=contents.version, base=delta.base, version=delta.version)
    if delta.base == EVERYTHING:
        return adopted(delta)
    return _checked(changed(contents, _change(contents, delta)), delta)


def adopted(delta: Delta) -> Contents:
    """Return a gallery made of a delta of everything: whoever asked for it decides that it may replace what was there."""
    if delta.base != EVERYTHING:
        raise GalleryGap("gallery_gap", since=EVERYTHING, base=delta.base, version=delta.version)
    bare = nothing(delta.gallery, delta.model, delta.dimensions)
    return _checked(changed(bare, _change(bare, delta)), delta)


def renewed(contents: Contents, gallery: str) -> Contents:
    """Return the same entries under a new id: every copy of the old one will ask for everything."""
    return replace(contents, gallery=gallery)


def encoded(delta: Delta) -> bytes:
    """Return the bytes of a delta (MessagePack)."""
    return msgspec.msgpack.encode(delta)


def decoded(data: bytes) -> Delta:
    """Return the delta of some bytes; raises GalleryError where they are none."""
    try:
        delta = msgspec.msgpack.decode(data, type=Delta)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise GalleryError("delta_unreadable", detail=error) from error
    if delta.format != FORMAT:
        raise GalleryError("delta_format", ours=FORMAT, theirs=delta.format)
    if not EVERYTHING <= delta.base <= delta.version or len(delta.checksum) != DIGEST:
        raise GalleryError("delta_unreadable", detail=f"versions {delta.base} to {delta.version}")
    return delta


def _rows(index: Index, kind: Kind, base: int) -> Iterator[Row]:
    for place in np.flatnonzero(index.versions > base).tolist():
        rows = np.ascontiguousarray(index.rows(place), dtype="<f4").tobytes()
        yield Row(0 if kind is Kind.PERSON else 1, index.ids[place], index.against[place], int(index.versions[place]), rows)


def _change(contents: Contents, delta: Delta) -> Change:
    known = contents.ids() if delta.tombstones else {}
    gone = [known[which] for which in delta.tombstones if which in known]
    return Change(
        version=delta.version,
        put=_entries(delta),
        versions=[row.version for row in delta.put],
        persons=[entry_id for kind, entry_id in gone if kind is Kind.PERSON],
        anchors=[entry_id for kind, entry_id in gone if kind is Kind.ANCHOR],
        tombstones=delta.tombstones,
        floor=delta.floor,
    )


def _entries(delta: Delta) -> Sequence[Entry]:
    if any(not row.rows or len(row.rows) % (4 * delta.dimensions) for row in delta.put):
        raise GalleryError("delta_unreadable", detail=f"rows that are not {delta.dimensions} numbers each")
    entries: list[Entry] = []
    for row in delta.put:
        rows = np.frombuffer(row.rows, "<f4").reshape(-1, delta.dimensions).astype(np.float32, copy=False)
        entries.append(Anchor(row.id, rows, row.against) if row.kind else Person(row.id, rows))
    return entries


def _checked(contents: Contents, delta: Delta) -> Contents:
    if contents.checksum.to_bytes(DIGEST, "big") != delta.checksum:
        raise GalleryGap("gallery_diverged", since=EVERYTHING, gallery=delta.gallery, version=delta.version)
    return contents
