"""what is to be printed, as MessagePack → PDF or XLSX: what `center.papers.apart` has done by a process of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from center.papers import attendance_print, attendance_sheet, badge_sheet, fonts
from center.papers.attendance import Attendance, by_given, natural
from center.papers.badge_sheet import Badge, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Badges:
    """Badges to print. `web`: the built front end's folder where a setting names one; `alone`: on a page of its size, else on sheets."""

    badges: Sequence[Badge]
    style: Style
    web: str | None
    alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An attendance to print, on the day `now`; `web` as above."""

    attendance: Attendance
    now: datetime
    web: str | None


def badges(given: bytes) -> bytes:
    """Return badges by delegation and given name; raises WardroomError without fonts."""
    asked = msgspec.msgpack.decode(given, type=Badges)
    _fonts(asked.web)
    if asked.alone:
        return badge_sheet.single(asked.badges[0], asked.style)
    ordered = sorted(asked.badges, key=lambda one: (not one.delegation, natural(one.delegation), by_given(one.name)))
    return badge_sheet.sheets(ordered, asked.style)


def attendance_paper(given: bytes) -> bytes:
    """Return an attendance as PDF; raises WardroomError without fonts."""
    asked = msgspec.msgpack.decode(given, type=Paper)
    _fonts(asked.web)
    return attendance_print.printed(asked.attendance, asked.now)


def attendance_workbook(given: bytes) -> bytes:
    """Return an attendance as XLSX."""
    return attendance_sheet.workbook(msgspec.msgpack.decode(given, type=Attendance))


def _fonts(web: str | None) -> None:
    fonts.load(None if web is None else Path(web))
