"""Papers of an occasion on a real database."""

import asyncio
from typing import BinaryIO

import pytest
import uuid6

from center import problems
from center.occasions import badges
from center.papers import fonts, printing
from tests.center.occasions.hall import BY
from tests.center.papers import pdf
from tests.center.papers.desk import Desk, rows
from wardroom.errors import CheckInError, WardroomError

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("letters")]

LIST = rows(";Nguyễn Văn An;Bí thư;Chi bộ 1;Đoàn số 1;A1;CODE-00000001;", ";Lê Thị Ánh;Đảng viên;Chi bộ 2;Đoàn số 2;A2;;")


def read(made: BinaryIO) -> bytes:
    with made:
        return made.read()


async def test_the_code_on_a_printed_badge_is_the_one_a_gate_knows(desk: Desk) -> None:
    await desk.store(LIST)
    made = read(await desk.room.printing.badges(BY, desk.hall.occasion, None))
    found = pdf.codes(made, 0)
    known = {bytes(digest) for (digest,) in await desk.table("badge_digest")}

    assert {badges.digest(code) for code in found} == known
    assert "CODE-00000001" in found


async def test_badges_of_one_delegation_and_one_badge_are_printed_alone_and_noted(desk: Desk) -> None:
    await desk.store(LIST)
    second = read(await desk.room.printing.badges(BY, desk.hall.occasion, "Đoàn số 2"))
    made = {name: one for one, name in await desk.table("id, name")}["Nguyễn Văn An"]
    one = read(await desk.room.printing.badge(BY, made))
    lines = await desk.room.audit.newest(2**62, 2)

    assert ("Lê Thị Ánh" in pdf.texts(second)[0], "Nguyễn Văn An" in pdf.texts(second)[0]) == (True, False)
    assert "Nguyễn Văn An" in pdf.texts(one)[0]
    assert [(line.action, line.detail["count"]) for line in lines] == [("badges.print", 1), ("badges.print", 1)]


async def test_a_revoked_delegate_has_no_badge_to_print(desk: Desk) -> None:
    await desk.store(LIST)
    made = (await desk.table("id"))[0][0]
    await desk.room.checkin.delegates.revoke(BY, made, "vắng")
    with pytest.raises(CheckInError):
        await desk.room.printing.badge(BY, made)
    with pytest.raises(CheckInError):
        await desk.room.printing.badges(BY, uuid6.uuid7(), None)


async def test_attendance_is_saved_and_printed(desk: Desk) -> None:
    await desk.store(LIST)

    assert read(await desk.room.printing.attendance_workbook(BY, desk.hall.list)).startswith(b"PK")
    assert "vắng: 2" in pdf.texts(read(await desk.room.printing.attendance_paper(BY, desk.hall.list)))[0]
    assert (await desk.room.printing.template()).startswith(b"PK")


async def test_papers_are_made_one_at_a_time_and_no_more_wait_than_are_bounded(desk: Desk) -> None:
    await desk.store(LIST)
    asked = [desk.room.printing.attendance_paper(BY, desk.hall.list) for _ in range(printing.MOST + 2)]
    made = await asyncio.gather(*asked, return_exceptions=True)
    refused = [one for one in made if isinstance(one, CheckInError)]

    assert [one.key for one in refused] == ["papers.printing_busy"] * 2
    assert problems.kind(refused[0]) == (503, "busy")
    assert all(read(one).startswith(b"%PDF") for one in made if not isinstance(one, BaseException))


def test_the_error_about_missing_fonts_says_what_to_run() -> None:
    error = WardroomError("papers.no_fonts", folder=fonts.SHIPPED / "fonts")

    assert "make web" in error.sentence("vi")
    assert "make web" in error.sentence("en")
