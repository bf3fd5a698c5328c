"""Attendances of tests. Invented names."""

from collections.abc import Iterable
from datetime import UTC, datetime

import uuid6

from center.papers.attendance import Attendance, Attendee, grouped

STARTS = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)


def attendee(name: str, *, at: datetime | None = None, delegation: str = "Đoàn số 1", expected: bool = True, **more: str) -> Attendee:
    texts = {"title": "", "position": "Đảng viên", "unit": "Chi bộ 1", "seat": ""} | more
    return Attendee(name=name, delegation=delegation, arrived=at, inside=at is not None, expected=expected, **texts)


def attendance(people: Iterable[Attendee]) -> Attendance:
    return Attendance(
        occasion=uuid6.uuid7(),
        occasion_name="Đại hội đại biểu lần thứ I",
        place="Hội trường lớn",
        heading="Đảng bộ phường",
        name="Phiên khai mạc",
        starts=STARTS,
        ends=STARTS,
        delegations=tuple(grouped(people)),
    )
