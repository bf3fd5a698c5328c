import pytest

from center.frames import framed
from tests.center.wire import payload


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_of_any_size_is_what_a_library_reads(size: int) -> None:
    text = "ế" * (size // 3) + "x" * (size % 3)

    assert payload(framed(text.encode())) == text
