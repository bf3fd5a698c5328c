"""the environment → how much of a promise is tried: a short seeded part with every run of the tests, all of it by ``make chaos``."""

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

FULL: Final = os.environ.get("WARDROOM_CHAOS") == "full"
SEED: Final = int(os.environ.get("WARDROOM_CHAOS_SEED", "1"))
_REPORT: Final = os.environ.get("WARDROOM_CHAOS_REPORT")
T = TypeVar("T")


def some(every: Sequence[T], count: int, *name: object) -> list[T]:
    """Return all, or in the short form so many of them: by `name` and seed always the same."""
    return list(every) if FULL else random.Random(f"{SEED} {name}").sample(every, count)


def note(promise: str, **figures: object) -> None:
    """Add a line of figures to the report, where one was asked for."""
    if _REPORT:
        with Path(_REPORT).open("a", encoding="utf-8") as report:
            report.write(json.dumps({"promise": promise, "seed": SEED, "full": FULL, **figures}) + "\n")
