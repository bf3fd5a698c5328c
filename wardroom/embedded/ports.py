"""port → free, or one clear sentence."""

import errno
import socket

from wardroom.errors import EmbeddedError


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
