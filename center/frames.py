"""text → the WebSocket frame it is from a server (RFC 6455 section 5.2), made once and the same for every screen.

A browser tells its page of whole messages only: on a slow way a long one cannot be told from a dead line. `in_pieces` makes it many.
"""

from typing import Final

import msgspec

from wardroom.live import PIECE_BYTES, Pieces

_SHORT: Final = 125
_LONG: Final = 0xFFFF


def framed(text: bytes) -> bytes:
    """Return a text message as one frame, not masked."""
    size = len(text)
    if size <= _SHORT:
        return bytes((0x81, size)) + text
    if size <= _LONG:
        return b"\x81\x7e" + size.to_bytes(2, "big") + text
    return b"\x81\x7f" + size.to_bytes(8, "big") + text


def in_pieces(text: bytes) -> bytes:
    """Return a text message of UTF-8 as the frames of its pieces and of the word that announces them; a short one as one frame."""
    if len(text) <= PIECE_BYTES:
        return framed(text)
    pieces, start = [], 0
    while start < len(text):
        end = min(start + PIECE_BYTES, len(text))
        while end < len(text) and text[end] & 0xC0 == 0x80:  # amid a character
            end -= 1
        pieces.append(framed(text[start:end]))
        start = end
    return framed(msgspec.json.encode(Pieces(len(pieces)))) + b"".join(pieces)
