"""a list's id → who is expected on it and who came, by delegation, as it is printed and saved."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from uuid import UUID

from psycopg.rows import class_row, dict_row

from center.occasions import counts
from center.plain import plain
from center.store.database import Database
from center.store.pieces import fetched
from wardroom.errors import CheckInError

HERE: Final = timezone(timedelta(hours=7))
"""Vietnam's time, which has no summer."""
_LIST: Final = """
SELECT o.id AS occasion, o.name AS occasion_name, o.place, o.theme, l.name, coalesce(l.starts, o.starts) AS starts,
       coalesce(l.ends, o.ends) AS ends
FROM checkin_list l JOIN occasion o ON o.id = l.occasion WHERE l.id = %(list)s
"""
_WHO: Final = f"""
SELECT d.title, d.name, d.position, d.unit, d.delegation, d.seat, p.arrived, coalesce(p.inside, false) AS inside,
       e.delegate IS NOT NULL AND d.revoked IS NULL AS expected
FROM delegate d
LEFT JOIN list_entry e ON (e.delegate, e.list) = (d.id, %(list)s)
LEFT JOIN ({counts.PRESENCE} WHERE list = %(list)s AND delegate IS NOT NULL GROUP BY list, delegate) AS p ON p.delegate = d.id
WHERE (e.delegate IS NOT NULL AND d.revoked IS NULL) OR p.arrived IS NOT NULL
"""
"""Whoever came without being on the list (somebody let them in, of another occasion too) is on the paper, and counts as arrived."""
_NUMBER: Final = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """A delegate of a list. `expected`: on it, and not revoked."""

    title: str
    name: str
    position: str
    unit: str
    delegation: str
    seat: str
    arrived: datetime | None
    inside: bool
    expected: bool

    @property
    def called(self) -> str:
        """Title and name."""
        return f"{self.title} {self.name}".strip()

    @property
    def at(self) -> datetime | None:
        """When they came, as clocks in Vietnam showed it, without a zone: so spreadsheets keep times."""
        return None if self.arrived is None else self.arrived.astimezone(HERE).replace(tzinfo=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A delegation with its delegates, by their given names."""

    name: str
    people: tuple[Attendee, ...]

    @property
    def expected(self) -> int:
        return sum(one.expected for one in self.people)

    @property
    def arrived(self) -> int:
        return sum(one.arrived is not None for one in self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """A whole list."""

    occasion: UUID
    occasion_name: str
    place: str
    heading: str
    name: str
    starts: datetime
    ends: datetime
    delegations: tuple[Delegation, ...]

    @property
    def expected(self) -> int:
        return sum(one.expected for one in self.delegations)

    @property
    def arrived(self) -> int:
        return sum(one.arrived for one in self.delegations)


async def read(database: Database, in_list: UUID) -> Attendance:
    """Return a list's attendance; raises CheckInError where there is no such list."""
    async with database.connection() as connection, connection.cursor(row_factory=dict_row) as rows:
        about = await (await rows.execute(_LIST, {"list": in_list})).fetchone()
        if about is None:
            raise CheckInError("occasion.no_list", id=in_list)
        async with connection.cursor(row_factory=class_row(Attendee)) as cursor:
            people = await fetched(await cursor.execute(_WHO, {"list": in_list}))
    theme: dict[str, Any] = about.pop("theme")
    delegations = tuple(await asyncio.to_thread(grouped, people))
    return Attendance(**about, heading=str(theme.get("heading", "")), delegations=delegations)


def grouped(people: Iterable[Attendee]) -> list[Delegation]:
    """Return delegates by delegation, the second before the tenth; those of none come last."""
    names: dict[str, list[Attendee]] = {}
    for one in people:
        names.setdefault(one.delegation, []).append(one)
    ordered = sorted(names, key=lambda name: (not name, natural(name)))
    return [Delegation(name=name, people=tuple(sorted(names[name], key=lambda one: by_given(one.name)))) for name in ordered]


def natural(text: str) -> list[tuple[int, str]]:
    """Return a key that orders numbers in a text by their value."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _NUMBER.split(plain(text)) if part]


def by_given(name: str) -> tuple[str, str]:
    """Return a key that orders names as Vietnamese lists do: by the given name, which is the last word."""
    words = plain(name)
    return words.rpartition(" ")[2], words
