"""A real HTTP server on loopback that serves one file in the ways real ones do, good and bad."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class Manners:
    """How the server behaves. `cut`: bytes after which each answer ends without a word. `silent`: it says nothing until this is set.

    `elsewhere`: the address it redirects to. `asked`: the Range of every request, in order."""

    body: bytes
    ranges: bool = True
    cut: int | None = None
    status: int = 200
    kind: str = "application/octet-stream"
    length: bool = True
    silent: Event | None = None
    elsewhere: str = ""
    asked: list[str | None] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers by the manners of its server."""

    timeout = 10
    manners: Manners

    def do_GET(self) -> None:
        manners = self.manners
        wanted = self.headers.get("Range")
        manners.asked.append(wanted)
        if manners.silent:
            manners.silent.wait(20)
        first = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and manners.ranges else 0
        if manners.elsewhere:
            self.head(302, {"Location": manners.elsewhere})
        elif first and first >= len(manners.body):
            self.send_error(416)
        else:
            self.answer(first, manners.body[first:])

    def answer(self, first: int, body: bytes) -> None:
        manners = self.manners
        fields = {"Content-Type": manners.kind}
        if first:
            fields["Content-Range"] = f"bytes {first}-{len(manners.body) - 1}/{len(manners.body)}"
        if manners.length:
            fields["Content-Length"] = str(len(body))
        self.head(206 if first and manners.status == 200 else manners.status, fields)
        self.wfile.write(body if manners.cut is None else body[: manners.cut])

    def head(self, status: int, fields: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(manners: Manners) -> Iterator[str]:
    """Yield the server's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Polite", (Handler,), {"manners": manners}))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="model server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
