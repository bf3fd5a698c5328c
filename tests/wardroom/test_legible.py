import re
import unicodedata

import pytest

from wardroom import legible

HIDDEN = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@pytest.mark.parametrize("character", HIDDEN, ids=lambda character: f"U+{ord(character):04X}")
def test_a_character_nobody_can_read_is_found_wherever_it_stands(character: str) -> None:
    for text in (character, f"{character}a", f"a{character}b", f"a{character}"):
        assert not re.search(legible.PATTERN, text)
        assert legible.replaced(text) == text.replace(character, "\ufffd")
        assert re.search(legible.PATTERN, legible.escaped(text))


def test_what_is_left_has_no_control_character_of_unicodes() -> None:
    everything = "".join(map(chr, range(0x3000)))

    assert {unicodedata.category(character) for character in legible.replaced(everything)} & {"Cc"} == set()


@pytest.mark.parametrize("text", ["", "Phòng họp số 1: 21,5 °C (±0.5)", "\u202fmột khoảng trắng hẹp", "🌡️ 日本語"])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert re.search(legible.PATTERN, text)
    assert legible.replaced(text) == legible.escaped(text) == text


def test_what_is_written_out_is_one_line_of_ascii() -> None:
    assert legible.escaped("a\nb\u202ec\0") == r"a\nb\u202ec\x00"
