import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.plain import patterns, plain, written

WRITTEN = (
    "Đặng Thị Hồng Ngọc",
    "ĐẶNG THỊ HỒNG NGỌC",
    unicodedata.normalize("NFD", "Đặng Thị Hồng Ngọc"),
    "  đặng\tthị \u00a0 hồng-ngọc. ",
    "Dang Thi Hong Ngoc",
    "Đặ\u200bng Th\u00adị H\u2060ồng \ufeffNgọc\u200f",
    "Đặng Thị Hồng Ngọc\ufe0f",
)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_name_is_the_same_however_it_is_written(name: str) -> None:
    assert plain(name) == "dang thi hong ngoc"


def test_a_name_is_kept_composed_and_without_what_cannot_be_seen() -> None:
    copied = "\u200b" + unicodedata.normalize("NFD", "Đặng  Thị") + "\u00a0Hồ\u00adng\u200d Ngọc\ufeff"

    assert written(copied) == "Đặng Thị Hồng Ngọc"


def found(query: str, name: str) -> bool:
    """Match as PostgreSQL's LIKE ALL does."""
    text = f" {plain(name)}"
    return all(re.fullmatch(pattern.replace("%", ".*"), text) for pattern in patterns(query))


QUERIES = (
    ("ngoc dang", True),  # any order
    ("hồng", True),  # with marks
    ("ng hong", True),  # beginnings of words
    ("", True),
    ("goc", False),  # no beginning
    ("ngoc an", False),  # every word is needed
    ("%", True),  # no sign of a pattern: nothing was asked
    ("_ang", False),
)


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_words_are_found_in_any_order_by_how_they_begin(query: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert found(query, "Đặng Thị Hồng Ngọc") is expected


@given(st.text())
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text())
def test_a_text_is_found_by_itself(text: str) -> None:
    assert found(text, text)
