"""The chaos report, a JSON object a line → rows for people: a promise's rounds in one row each figure, its verdict in another."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

_COUNTED: Final = ("generated", "committed", "missing", "duplicated", "altered", "in_doubt", "lost", "gaps")
_ALREADY: Final = {"promise", "seed", "full", "memory_mib", "dead_lettered", "load_s", *_COUNTED}
Row = tuple[str, str, str]


def rows(report: str) -> Iterator[Row]:
    """Yield (promise, what, figures) in the order of the report."""
    promises: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in report.splitlines():
        noted = json.loads(line)
        promises[noted["promise"]].append(noted)
    for promise, notes in promises.items():
        if times := [note["recovery_s"] for note in notes if note.get("recovery_s") is not None]:
            middle = sorted(times)[len(times) // 2]
            yield promise, "recovery", f"{len(times)} times, median {middle:.1f} s, longest {max(times):.1f} s"
        for note in notes:
            yield from _told(promise, note, alone=len(notes) == 1)


def _told(promise: str, note: dict[str, Any], *, alone: bool) -> Iterator[Row]:
    judged = "generated" in note
    if judged:
        yield promise, "ledger = table", ", ".join(f"{note[name]:,} {name.replace('_', ' ')}" for name in _COUNTED)
        grown = {part: after - before for part, (before, after) in note.get("memory_mib", {}).items()}
        if grown:
            part = max(grown, key=lambda one: grown[one])
            yield promise, "memory", f"grew most: {part}, by {grown[part]:.1f} MiB"
    rest = {name: value for name, value in note.items() if name not in _ALREADY}
    if rest and (judged or alone or "recovery_s" not in note):
        yield promise, "also", ", ".join(f"{name} {value}" for name, value in rest.items())
