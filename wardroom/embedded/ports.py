"""port → free, or one clear sentence."""

import errno
import random
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

from wardroom.errors import EmbeddedError

_LOWEST: Final = 10_240
_RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_TRIES: Final = 100
_random = random.SystemRandom()


def refuse_taken(host: str, port: int, name: str) -> None:
    """Raise EmbeddedError if something listens on the port already."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            key = "embedded.port_taken" if error.errno == errno.EADDRINUSE else "embedded.port_unusable"
            raise EmbeddedError(key, name=name, port=port, detail=error.strerror) from error


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nothing listens on now; the kernel does not give it out again at once."""
    with socket.socket() as listener:
        listener.bind((host, 0))
        port: int = listener.getsockname()[1]
        return port


def lasting_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """Return ports to keep: free now, and outside of those that the kernel gives to outgoing connections, which would take them one day."""
    ports: list[int] = []
    with suppress(OSError, ValueError):
        end = int(_RANGE.read_text(encoding="ascii").split()[0])
        for port in _random.sample(range(_LOWEST, end), min(_TRIES, end - _LOWEST)):
            if len(ports) < count and _is_free(host, port):
                ports.append(port)
    while len(ports) < count:
        ports.append(free_port(host))
    return ports


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as listener:
        try:
            listener.bind((host, port))
        except OSError:
            return False
    return True
