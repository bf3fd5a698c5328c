"""packets that are handed in → paho → what it writes: its client dials, signs in and subscribes, and never touches the connected socket.

paho reads a socket byte by byte and writes each acknowledgement by itself: 30 µs a message. The two methods that are replaced here are
its own and private, hence the bound in pyproject.toml and a test that fails when they change.
"""

from paho.mqtt import client as mqtt


class Handshake(mqtt.Client):
    """A paho client whose bytes go through our hands."""

    def __init__(self, *args: object, **keywords: object) -> None:
        super().__init__(*args, **keywords)  # type: ignore[arg-type] # paho's own signature
        self._handed = bytearray()
        self._written = bytearray()

    def hand(self, packet: bytes) -> None:
        """Let paho read one whole packet."""
        self._handed += packet
        self.loop_read()

    def written(self) -> bytes:
        """Return what paho wrote since the last call."""
        data = bytes(self._written)
        self._written.clear()
        return data

    def _sock_recv(self, bufsize: int) -> bytes:
        if not self._handed:
            raise BlockingIOError
        data = bytes(self._handed[:bufsize])
        del self._handed[:bufsize]
        return data

    def _sock_send(self, buf: bytes | bytearray) -> int:
        self._written += buf
        return len(buf)
