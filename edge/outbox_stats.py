"""what the outbox counts → how full it is, and what it lost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Losses:
    """Packs that were dropped because the outbox or the disk was full."""

    packs: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """How full the outbox is, and what it lost since the boot."""

    packs: int
    bytes: int
    oldest_s: float
    dropped: int
    quarantined: int
