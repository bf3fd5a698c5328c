"""A WebSocket frame of the center's → its text, by the library's own parser."""

from collections.abc import Generator

from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader


def payload(wire: bytes) -> str:
    """Return the text of exactly one whole frame."""
    reader = StreamReader()
    reader.feed_data(wire)
    reader.feed_eof()
    parsing: Generator[None, None, Frame] = Frame.parse(reader.read_exact, mask=False)
    try:
        next(parsing)
    except StopIteration as parsed:
        frame = parsed.value
    assert isinstance(frame, Frame)
    assert (frame.opcode, frame.fin) == (Opcode.TEXT, True)
    assert reader.at_eof
    return bytes(frame.data).decode()
