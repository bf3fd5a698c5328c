import json

import pytest

from center.frames import framed, in_pieces
from tests.center.wire import payload, payloads
from wardroom.live import PIECE_BYTES


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_of_any_size_is_what_a_library_reads(size: int) -> None:
    text = "ế" * (size // 3) + "x" * (size % 3)

    assert payload(framed(text.encode())) == text


@pytest.mark.parametrize("size", [PIECE_BYTES + 1, 2 * PIECE_BYTES, 100_003])
@pytest.mark.parametrize("shift", range(3))
def test_a_long_text_comes_in_pieces_each_a_text_of_its_own_that_cuts_no_character(size: int, shift: int) -> None:
    text = "x" * shift + "ế" * ((size - shift) // 3) + "x" * ((size - shift) % 3)
    announced, *pieces = payloads(in_pieces(text.encode()))

    assert json.loads(announced) == {"type": "pieces", "count": len(pieces)}
    assert "".join(pieces) == text
    assert max(len(piece.encode()) for piece in pieces) <= PIECE_BYTES


def test_a_short_text_comes_whole() -> None:
    text = "x" * PIECE_BYTES

    assert payload(in_pieces(text.encode())) == text
