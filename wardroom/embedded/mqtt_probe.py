"""address and account → does an MQTT broker answer there? A real CONNECT, for an open port alone proves nothing."""

import secrets
import socket
import struct
from typing import Final

from wardroom.embedded.access import User

_WITHIN_S: Final = 2.0
_KEEPALIVE_S: Final = 10
_CLEAN_WITH_ACCOUNT: Final = 0xC2
_CONNACK: Final = b"\x20\x02\x00\x00"
_DISCONNECT: Final = b"\xe0\x00"


def answers(host: str, port: int, user: User) -> bool:
    """Return whether the broker accepts `user` right now; takes two seconds at most."""
    try:
        with socket.create_connection((host, port), timeout=_WITHIN_S) as connection:
            connection.settimeout(_WITHIN_S)
            connection.sendall(_connect(user))
            accepted = connection.recv(len(_CONNACK)) == _CONNACK
            connection.sendall(_DISCONNECT)
            return accepted
    except OSError:
        return False


def _connect(user: User) -> bytes:
    """Return a CONNECT packet of MQTT 3.1.1 (its section 3.1)."""
    body = _text("MQTT") + bytes((4, _CLEAN_WITH_ACCOUNT)) + struct.pack("!H", _KEEPALIVE_S)
    body += _text(f"probe-{secrets.token_hex(4)}") + _text(user.name) + _text(user.password)
    return b"\x10" + bytes((len(body),)) + body  # shorter than 128 bytes: one length byte


def _text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("!H", len(encoded)) + encoded
