"""text → the WebSocket frame it is from a server (RFC 6455 section 5.2), made once and the same for every screen."""

from typing import Final

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
