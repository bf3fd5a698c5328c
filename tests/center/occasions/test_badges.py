import hashlib
import re

from center.occasions import badges


def test_a_code_is_128_random_bits_in_letters_and_digits() -> None:
    codes = {badges.new_code() for _ in range(100)}

    assert len(codes) == 100
    assert all(re.fullmatch("[A-Z2-7]{26}", code) for code in codes)


def test_a_code_is_found_by_what_cameras_tell_of_it() -> None:
    assert badges.digest("Đại biểu 7") == hashlib.sha256("Đại biểu 7".encode()).digest()
