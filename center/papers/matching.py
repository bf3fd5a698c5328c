"""the delegates of a list, and those who are on record → who is new, who changed in what, who stays as they are.

A delegate is known again by their code, else by name and unit however they are written; of several of one name, by the seat. Only
columns that the list has count: what it doesn't say stays.
"""

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from center.occasions import badges
from center.papers.plan import Entry, Plan, Problem, bounded, warning
from center.plain import plain

KEPT: Final = ("title", "name", "position", "unit", "delegation", "seat", "photo_file")
"""The columns of the table that a list fills."""
_TOLD: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A delegate on record. `digest`: of their code; `listed`: on how many of the lists asked for."""

    id: UUID
    person: UUID | None
    title: str
    name: str
    position: str
    unit: str
    delegation: str
    seat: str
    photo_file: str
    digest: bytes | None
    listed: int

    @property
    def key(self) -> tuple[str, str]:
        """As an entry's."""
        return plain(self.name), plain(self.unit or self.delegation)


@dataclass(frozen=True, slots=True)
class Change:
    """A delegate on record and what the list makes of them; `entry.code` is empty where the code stays."""

    known: Known
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an import would do."""

    created: tuple[Entry, ...]
    changed: tuple[Change, ...]
    unchanged: tuple[Known, ...]
    problems: tuple[Problem, ...]


def compare(plan: Plan, known: Sequence[Known], lists: int) -> Changes:
    """Return what importing the plan does; `lists`: on how many each is to be."""
    pairs = _pairs(plan.entries, known)
    says = _says(plan)
    created = tuple(entry for entry in plan.entries if entry.row not in pairs)
    changes = [Change(old, _merged(entry, old, says)) for entry in plan.entries if (old := pairs.get(entry.row)) is not None]
    changed = tuple(one for one in changes if _differs(one) or one.known.listed < lists)
    matched = {one.known.id for one in changes}
    missing = [one for one in known if one.id not in matched]
    return Changes(
        created=created,
        changed=changed,
        unchanged=tuple(one.known for one in changes if one not in changed),
        problems=bounded((*_left(missing), *_seats(plan.entries, missing))),
    )


def _pairs(entries: Sequence[Entry], known: Sequence[Known]) -> dict[int, Known]:
    """Return who is on record already, by the entry's row."""
    by_digest = {one.digest: one for one in known if one.digest}
    pairs = {entry.row: old for entry in entries if entry.code and (old := by_digest.get(badges.digest(entry.code)))}
    used = {old.id for old in pairs.values()}
    for same_seat in (True, False):
        alike: dict[tuple[str, ...], deque[Known]] = {}
        for old in known:
            if old.id not in used:
                alike.setdefault(_mark(old, same_seat=same_seat), deque()).append(old)
        for entry in entries:
            if entry.row not in pairs and (found := alike.get(_mark(entry, same_seat=same_seat))):
                pairs[entry.row] = found.popleft()
                used.add(pairs[entry.row].id)
    return pairs


def _mark(one: Known | Entry, *, same_seat: bool) -> tuple[str, ...]:
    """Return by what they are known again."""
    return (*one.key, one.seat) if same_seat else one.key


def _says(plan: Plan) -> set[str]:
    """Return which of the table's columns the list fills: those it has, and those taken from names and headings of groups."""
    says = {column.field.value for column in plan.columns} | {"name"}
    return says | {name for name in ("title", "delegation") if any(getattr(entry, name) for entry in plan.entries)}


def _merged(entry: Entry, old: Known, says: Collection[str]) -> Entry:
    kept = {name: getattr(old, name) for name in KEPT if name not in says}
    same = bool(entry.code) and badges.digest(entry.code) == old.digest
    return replace(entry, **kept, code="" if same else entry.code)


def _differs(change: Change) -> bool:
    return bool(change.entry.code) or any(getattr(change.known, name) != getattr(change.entry, name) for name in KEPT)


def _left(missing: Sequence[Known]) -> Iterable[Problem]:
    if missing:
        names = ", ".join(one.name for one in missing[:_TOLD])
        yield warning("papers.not_in_list", count=len(missing), names=names + ("…" if len(missing) > _TOLD else ""))


def _seats(entries: Iterable[Entry], missing: Iterable[Known]) -> Iterable[Problem]:
    """Yield a warning for each seat that somebody has who is not in the list."""
    given = {one.seat: one.name for one in missing if any(sign.isdigit() for sign in one.seat)}
    for entry in entries:
        if entry.seat in given:
            yield warning("papers.seat_of_other", entry.row, seat=entry.seat, name=given[entry.seat])
