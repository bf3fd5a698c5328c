"""A WebSocket frame of the center's → its text, by the library's own parser."""

from collections.abc import Generator
from typing import TypeVar

from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

T = TypeVar("T")


def payload(wire: bytes) -> str:
    """Return the text of exactly one whole frame."""
    reader = StreamReader()
    reader.feed_data(wire)
    reader.feed_eof()
    frame = _parsed(Frame.parse(reader.read_exact, mask=False))
    assert (frame.opcode, frame.fin) == (Opcode.TEXT, True)
    rest = _parsed(reader.read_to_eof(1))
    assert rest == b""
    return bytes(frame.data).decode()


def _parsed(parsing: Generator[None, None, T]) -> T:
    while True:
        try:
            next(parsing)
        except StopIteration as end:
            found: T = end.value
            return found
