"""names of a list → titles apart from names, where the list has them in one column (``Ông Nguyễn Văn A``)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from center.papers.plan import Entry

_COMRADE: Final = re.compile(r"(đ/c|đồng chí)[.:]?\s+(?=\S)", re.IGNORECASE)
_TITLE: Final = re.compile(r"(ông|bà|mr|mrs|ms)[.:]?\s+(?=\S)", re.IGNORECASE)
"""Ông is a family name too: it is a title only where most names of the list begin with one."""


def apart(entries: Sequence[Entry]) -> list[Entry]:
    """Return the delegates with the title taken from the name where they have none of their own."""
    titled = sum(_TITLE.match(entry.name) is not None for entry in entries) * 2 > len(entries)
    return [_apart(entry, titled=titled) for entry in entries]


def _apart(entry: Entry, *, titled: bool) -> Entry:
    found = _COMRADE.match(entry.name) or (_TITLE.match(entry.name) if titled else None)
    if found is None:
        return entry
    return replace(entry, name=entry.name[found.end() :], title=entry.title or titled_as(found[1]))


def titled_as(title: str) -> str:
    """Return a title as it is written: ``ÔNG`` and ``ông`` are ``Ông``; what is mixed stays."""
    return title[:1].upper() + title[1:].lower() if title in {title.upper(), title.lower()} else title
