"""WebSocket frames of the center's → their texts, by the library's own parser."""

from collections.abc import Generator
from typing import TypeVar

from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

T = TypeVar("T")


def payload(wire: bytes) -> str:
    """Return the text of exactly one whole frame."""
    (text,) = payloads(wire)
    return text


def payloads(wire: bytes) -> list[str]:
    """Return the texts of whole frames."""
    reader = StreamReader()
    reader.feed_data(wire)
    reader.feed_eof()
    texts = []
    while not _parsed(reader.at_eof()):
        frame = _parsed(Frame.parse(reader.read_exact, mask=False))
        assert (frame.opcode, frame.fin) == (Opcode.TEXT, True)
        texts.append(bytes(frame.data).decode())
    return texts


def _parsed(parsing: Generator[None, None, T]) -> T:
    while True:
        try:
            next(parsing)
        except StopIteration as end:
            found: T = end.value
            return found
