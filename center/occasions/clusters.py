"""faces nobody knows, as numbers → whose they are of those that came before, or somebody new's.

A face belongs to the cluster whose mean it is nearest to by cosine, if that is at least `same_above` (Schroff et al., FaceNet, 2015: one
person's embeddings lie around one direction); ties go to the older cluster. Without numpy: a hall has hundreds of strangers, not millions.
"""

import math
from collections.abc import Iterable, Sequence
from operator import mul
from typing import Final

MOST: Final = 1_000


class Clusters:
    """Clusters by name; of more than `most` the first one is forgotten."""

    def __init__(self, *, same_above: float, most: int = MOST) -> None:
        self._same_above = same_above
        self._most = most
        self._sums: dict[str, tuple[float, ...]] = {}
        self._lengths: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._sums)

    def __contains__(self, name: str) -> bool:
        return name in self._sums

    def learn(self, name: str, embedding: Sequence[float]) -> None:
        """Take a face into a cluster; one of no length tells nothing."""
        unit = _unit(embedding)
        if unit is None:
            return
        known = self._sums.get(name)
        total = self._sums[name] = unit if known is None else tuple(a + b for a, b in zip(known, unit, strict=True))
        self._lengths[name] = math.sqrt(_dot(total, total)) or 1.0
        if len(self._sums) > self._most:
            self.keep(list(self._sums)[1:])

    def nearest(self, embedding: Sequence[float]) -> str | None:
        """Return the cluster a face belongs to, None for somebody new."""
        unit = _unit(embedding)
        if unit is None:
            return None
        best, found = self._same_above, None
        for name, total in self._sums.items():
            cosine = _dot(total, unit) / self._lengths[name] if len(total) == len(unit) else -1.0
            if cosine > best or (found is None and cosine == best):
                best, found = cosine, name
        return found

    def keep(self, names: Iterable[str]) -> None:
        """Forget all clusters but these."""
        kept = frozenset(names)
        for name in [name for name in self._sums if name not in kept]:
            del self._sums[name], self._lengths[name]


def _unit(embedding: Sequence[float]) -> tuple[float, ...] | None:
    length = math.sqrt(_dot(embedding, embedding))
    return tuple(value / length for value in embedding) if length and math.isfinite(length) else None


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    total: float = sum(map(mul, one, other))
    return total
