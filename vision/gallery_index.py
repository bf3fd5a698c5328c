"""entries → rows sorted by entry, to search in one product: the best score of each entry, whatever the number of its photos.

An index never changes: a change makes another one, so a search in another thread sees all of it or nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.faces import Embeddings
from vision.gallery_entries import Entry, digest

_BLOCK: Final = 1024
"""Rows multiplied at once: with several faces in a picture the rows are read from memory once, not once for each face."""


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Entries of one kind side by side.

    `matrix`: float32 (rows, dimensions), read-only, an entry's rows beside each other from `starts` on. `against`, `versions` (when it was
    last changed) and `digests`: one for each entry. `positions`: where an id stands.
    """

    ids: tuple[str, ...]
    against: tuple[str | None, ...]
    starts: NDArray[np.int64]
    matrix: Embeddings
    versions: NDArray[np.int64]
    digests: tuple[int, ...]
    positions: Mapping[str, int]

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self.ids)

    def rows(self, position: int) -> Embeddings:
        """Return one entry's embeddings."""
        end = self.starts[position + 1] if position + 1 < len(self.ids) else len(self.matrix)
        return self.matrix[self.starts[position] : end]

    def best(self, embeddings: Embeddings) -> NDArray[np.float32]:
        """Return the cosine of each entry's nearest row to each embedding: (faces, dimensions) → (faces, entries)."""
        scores = np.empty((len(embeddings), len(self.matrix)), np.float32)
        for start in range(0, len(self.matrix), _BLOCK):
            block = self.matrix[start : start + _BLOCK]
            for face, embedding in enumerate(embeddings):
                np.dot(block, embedding, out=scores[face, start : start + len(block)])
        if len(self.ids) == len(self.matrix):
            return scores
        return np.maximum.reduceat(scores, self.starts, axis=1)

    def changed(self, drop: Collection[str], put: Sequence[Entry], versions: Sequence[int]) -> "Index":
        """Return the index without the entries of `drop` and of `put`'s ids, and with `put`, changed at `versions`: one copy for all."""
        leaving = {*drop, *(entry.id for entry in put)}
        kept = np.fromiter((entry_id not in leaving for entry_id in self.ids), bool, len(self.ids))
        counts = np.diff(self.starts, append=len(self.matrix))
        matrix = np.empty((int(counts[kept].sum()) + sum(len(entry.embeddings) for entry in put), self.matrix.shape[1]), np.float32)
        row = _copied(self, kept, matrix)
        for entry in put:
            matrix[row : row + len(entry.embeddings)] = entry.embeddings
            row += len(entry.embeddings)
        new_counts = np.concatenate([counts[kept], np.fromiter((len(entry.embeddings) for entry in put), np.int64, len(put))])
        stay = np.flatnonzero(kept).tolist()
        return indexed(
            ids=(*(self.ids[place] for place in stay), *(entry.id for entry in put)),
            against=(*(self.against[place] for place in stay), *(entry.against for entry in put)),
            counts=new_counts,
            matrix=matrix,
            versions=np.concatenate([self.versions[kept], np.fromiter(versions, np.int64, len(put))]),
            digests=(*(self.digests[place] for place in stay), *(digest(entry) for entry in put)),
        )


def indexed(
    *,
    ids: tuple[str, ...],
    against: tuple[str | None, ...],
    counts: NDArray[np.int64],
    matrix: Embeddings,
    versions: NDArray[np.int64],
    digests: tuple[int, ...],
) -> Index:
    """Return an index of entries with `counts` rows each; `matrix` is its own from now on."""
    matrix.setflags(write=False)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)[:-1]]) if len(counts) else np.zeros(0, np.int64)
    return Index(ids, against, starts, matrix, versions, digests, {entry_id: place for place, entry_id in enumerate(ids)})


def empty(dimensions: int) -> Index:
    """Return an index of nothing."""
    nothing = np.zeros(0, np.int64)
    return indexed(ids=(), against=(), counts=nothing, matrix=np.empty((0, dimensions), np.float32), versions=nothing, digests=())


def _copied(index: Index, kept: NDArray[np.bool_], into: Embeddings) -> int:
    """Copy the kept entries' rows, run by run; return how many there were."""
    edges = np.flatnonzero(np.diff(kept.astype(np.int8), prepend=0, append=0))
    ends = np.append(index.starts, len(index.matrix))
    row = 0
    for first, last in zip(ends[edges[::2]], ends[edges[1::2]], strict=True):
        into[row : row + last - first] = index.matrix[first:last]
        row += int(last - first)
    return row
