import itertools

import pytest

from center.occasions import badges as codes
from center.papers import badge_sheet, fonts
from center.papers.badge_sheet import CARD, Badge, Style
from tests.center.papers import pdf

pytestmark = pytest.mark.usefixtures("letters")

STYLE = Style(heading="Đại hội đại biểu Đảng bộ phường lần thứ I, nhiệm kỳ 2025 - 2030", background="#7a0c12", ink="#fff8e1")
LONG = Badge(
    title="Đồng chí",
    name="Công Tằng Tôn Nữ Nguyễn Thị Quỳnh Hương Giang",
    position="Phó Chủ nhiệm Ủy ban Kiểm tra Đảng ủy kiêm Trưởng ban Công tác Mặt trận tổ dân phố số 12",
    unit="Chi bộ Trung tâm Phục vụ hành chính công và Cơ sở dữ liệu dùng chung phường",
    delegation="Đoàn đại biểu khối các cơ quan Đảng, Ủy ban Mặt trận Tổ quốc",
    seat="Hàng B - 107",
    code=codes.new_code(),
)


def badge(number: int) -> Badge:
    return Badge(
        title="Ông", name=f"Nghiêm Xuân Ỗặữ {number}", position="Tổ trưởng", unit="Chi bộ 1", delegation="", seat="", code=codes.new_code()
    )


def test_eight_badges_are_on_a_page_of_a4_and_each_code_is_read_from_the_picture() -> None:
    people = [LONG, *(badge(number) for number in range(8))]
    made = badge_sheet.sheets(people, STYLE)
    read = [code for page in range(2) for code in pdf.codes(made, page)]

    assert [(round(width), round(height)) for width, height in pdf.sizes(made)] == [(595, 842)] * 2
    assert sorted(read) == sorted(one.code for one in people)


def test_a_long_name_and_what_stands_below_it_are_whole() -> None:
    text = " ".join(pdf.texts(badge_sheet.single(LONG, STYLE))[0].split())

    assert pdf.sizes(badge_sheet.single(LONG, STYLE)) == [pytest.approx(CARD)]
    for part in (LONG.title, LONG.name, LONG.position, LONG.unit, LONG.delegation, LONG.seat, STYLE.heading):
        assert part in text


def test_a_badge_without_a_code_says_who_it_is_all_the_same() -> None:
    text = pdf.texts(badge_sheet.single(Badge(title="", name="H'Hen Niê", position="", unit="", delegation="", seat="", code=""), STYLE))

    assert "H'Hen Niê" in text[0]
    assert "Đại biểu" in text[0]


def test_a_word_that_no_badge_is_wide_enough_for_is_broken_not_lost() -> None:
    name = "A" * 60
    text = pdf.texts(badge_sheet.single(Badge(title="", name=name, position="", unit="", delegation="", seat="", code="x"), STYLE))[0]

    assert name in text.replace("\r", "").replace("\n", "")


def test_no_text_is_outside_of_its_badge() -> None:
    made = badge_sheet.single(LONG, STYLE)
    picture = pdf.picture(made, 0, 150)

    assert picture[-4:, :].min() > 200, "below"
    assert picture[80:, :12].min() > 200, "left"
    assert fonts.width("Ỗặữ", fonts.Face.SANS, 10) > 10


@pytest.mark.parametrize("name", ["Nguyễn Thị Quỳnh Hương Ỗọgy Ẵm Ẫu Ỗi", "Ẫ Ễ Ỗ Ẵ Ặ Ộ", "GIỒNG ỘC ẤẦẨẪ Ậ GỠ ẪỖỄ ĐẶNG"])
def test_the_marks_of_a_line_touch_nothing_of_the_line_above(name: str) -> None:
    made = badge_sheet.single(
        Badge(title="Ông gy", name=name, position="Ỗ gy Ẵ " * 12, unit="Ẫ gy", delegation="", seat="A-12", code=""), STYLE
    )
    marks = pdf.boxes(made)
    lines = sorted({round(line) for line, _, _ in marks}, reverse=True)
    lows = {line: min(low for at, low, _ in marks if round(at) == line) for line in lines}
    tops = {line: max(top for at, _, top in marks if round(at) == line) for line in lines}

    assert len(lines) >= 4
    for upper, lower in itertools.pairwise(lines):
        assert tops[lower] <= lows[upper] + 0.3, f"{name}: the line at {lower} reaches {tops[lower]}, that above it down to {lows[upper]}"
