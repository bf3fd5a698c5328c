import re
from datetime import UTC, datetime

import pytest

from center.papers import attendance_print
from tests.center.papers import pdf
from tests.center.papers.crowd import attendance, attendee

pytestmark = pytest.mark.usefixtures("letters")

NOW = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)


def test_a_paper_has_the_national_heading_its_day_in_vietnam_and_lines_to_sign() -> None:
    made = pdf.texts(attendance_print.printed(attendance([attendee("Nguyễn Hữu Ước", at=NOW)]), NOW))

    assert len(made) == 1
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Ngày 26 tháng 11 năm 2026",
        "DANH SÁCH ĐIỂM DANH ĐẠI BIỂU",
        "Phiên khai mạc, 08:00 ngày 26/11/2026, tại Hội trường lớn",
        "Có mặt: 1; được triệu tập: 1; vắng: 0",
        "Nguyễn Hữu Ước",
        "08:30 26/11",
        "NGƯỜI LẬP BIỂU",
        "(Ký, ghi rõ họ tên)",
        "Trang 1/1",
    ):
        assert part in made[0], part


def test_everybody_is_on_some_page_and_every_page_has_the_header_and_its_number() -> None:
    people = [
        attendee(f"Đặng Văn Thứ {number}", delegation=f"Đoàn số {number % 7}", at=NOW if number % 3 else None) for number in range(215)
    ]
    made = pdf.texts(attendance_print.printed(attendance(people), NOW))
    rows = re.findall(r"Đặng Văn Thứ (\d+)", " ".join(made))

    assert sorted(map(int, rows)) == list(range(215))
    assert [re.findall(r"Trang (\d+)/(\d+)", text) for text in made] == [[(str(n), str(len(made)))] for n in range(1, len(made) + 1)]
    assert all("Họ và tên" in text for text in made if "Đặng" in text)
    assert sum("NGƯỜI LẬP BIỂU" in text for text in made) == 1


def test_no_page_ends_with_the_heading_of_a_delegation() -> None:
    people = [attendee(f"Lê Văn {number}", delegation=f"Đoàn số {number}") for number in range(100)]
    for text in pdf.texts(attendance_print.printed(attendance(people), NOW)):
        lines = [line for line in text.splitlines() if line and not line.startswith("Trang") and "Ký" not in line and "BAN TỔ" not in line]
        assert not lines or "có mặt" not in lines[-1]


def test_the_largest_cell_fits_a_page_and_an_empty_list_is_a_paper_too() -> None:
    giant = attendee("Lê " * 60, position="Ủy viên " * 25, unit="Phường " * 28, delegation="Đoàn " * 39, seat="A" * 40)

    assert "Ủy viên" in pdf.texts(attendance_print.printed(attendance([giant]), NOW))[0]
    assert "vắng: 0" in pdf.texts(attendance_print.printed(attendance([]), NOW))[0]
