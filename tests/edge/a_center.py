"""A center in small on loopback: answers what it is told to, and keeps what it was asked. Real HTTP, in a thread of its own."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from edge.checkin_settings import CheckInSettings
from wardroom.settings import Secret

Answering = Callable[["Asked"], tuple[int, bytes]]
TOKEN = "a-token-of-this-gateway"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ACenter:
    """`answering` may be changed while it runs."""

    port: int
    answering: Answering
    asked: list[Asked] = field(default_factory=list)
    tls: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    """What else each answer says."""

    def settings(self, **changed: Any) -> CheckInSettings:
        """Return the settings of a gateway of this center."""
        center = f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"
        given: dict[str, Any] = {"center": center, "token": Secret(TOKEN), "key": "unused", "timeout_s": 2.0}
        return CheckInSettings(**given | changed)


@contextmanager
def a_center(answering: Answering, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[ACenter]:
    """Serve until left."""
    made = ACenter(port, answering, tls=tls is not None)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            made.asked.append(asked)
            status, said = made.answering(asked)
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _answer  # noqa: N815 - the standard library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    made.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
