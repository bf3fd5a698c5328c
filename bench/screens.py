"""``python -m bench.screens PORT COUNT [TOKEN …]`` → so many screens in one process, bare sockets that only count how late frames come.

Says "ready" once all are subscribed, and when its input ends the delays it saw as JSON, in microseconds: from a reading's `time_us`
(when it was observed, or published) and from its `received_us` (when the center had it).
"""

import json
import os
import re
import select
import socket
import struct
import sys
import time
from typing import Final

_STAMPS: Final = re.compile(rb'"time_us":(\d+),"received_us":(\d+)|"bt":([\d.]+)[^}]*"t":(-?[\d.]+(?:e-?\d+)?)')
_HANDSHAKE: Final = (
    "GET /ws HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n"
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nauthorization: Bearer {token}\r\n\r\n"
)
_READ: Final = 1 << 18


def masked(text: bytes) -> bytes:
    """Return a client's frame of up to 125 bytes; a mask of zeros changes nothing and is allowed."""
    return bytes((0x81, 0x80 | len(text))) + b"\0\0\0\0" + text


_SUBSCRIBE: Final = masked(b'{"type":"subscribe","topics":["readings"]}')
_PONG: Final = masked(b'{"type":"pong"}')


class Screens:
    """All of them."""

    def __init__(self, port: int, count: int, tokens: list[str]) -> None:
        self.published: list[tuple[int, int]] = []
        self.taken: list[int] = []
        self.frames = 0
        self.closed = 0
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._rest: dict[int, bytes] = {}
        opened = [self._open(port, tokens[number % len(tokens)] if tokens else "-") for number in range(count)]
        for one in opened:
            one.setblocking(False)
            self._sockets[one.fileno()] = one
            self._rest[one.fileno()] = b""
            self._poll.register(one.fileno(), select.EPOLLIN)

    def _open(self, port: int, token: str) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.sendall(_HANDSHAKE.format(port=port, token=token).encode())
        said = b""
        while b"\r\n\r\n" not in said:
            said += one.recv(1)
        if b" 101 " not in said:
            raise RuntimeError(said.decode())
        one.sendall(_SUBSCRIBE)
        return one

    def run(self) -> None:
        """Count until the input ends."""
        stop = sys.stdin.fileno()
        self._poll.register(stop, select.EPOLLIN | select.EPOLLHUP)
        while True:
            for number, _ in self._poll.poll():
                if number == stop:
                    if not os.read(stop, 100):
                        return
                else:
                    self._read(number)

    def _read(self, number: int) -> None:
        one = self._sockets[number]
        data = self._rest[number] + one.recv(_READ)
        now_us = time.time_ns() // 1_000
        if not data:
            self._poll.unregister(number)
            self.closed += 1
            return
        at = 0
        while (end := _end(data, at)) is not None:
            self._hear(one, data, at, end, now_us)
            at = end
        self._rest[number] = data[at:]

    def _hear(self, one: socket.socket, data: bytes, at: int, end: int, now_us: int) -> None:
        if data.find(b'"ping"', at, at + 30) >= 0:
            one.send(_PONG)
        elif data.find(b'"hello"', at, at + 30) < 0 and data.find(b'"snapshot"', at, at + 30) < 0:
            self.frames += 1
            for stamps in _STAMPS.finditer(data, at, end):
                published_us = round((float(stamps[3]) + float(stamps[4])) * 1e6) if stamps[3] else int(stamps[1])
                self.published.append((published_us, now_us - published_us))
                self.taken.append(now_us - int(stamps[2] or published_us))


def _end(data: bytes, at: int) -> int | None:
    """Return where the frame that begins at `at` ends, None where it is not whole yet."""
    if len(data) < at + 2:
        return None
    length, head = data[at + 1], 2
    if length >= 126:
        head = 4 if length == 126 else 10
        if len(data) < at + head:
            return None
        (length,) = struct.unpack_from(">H" if head == 4 else ">Q", data, at + 2)
    return at + head + length if len(data) >= at + head + length else None


def main() -> None:
    """Do what the command line asks."""
    port, count, *tokens = sys.argv[1:]
    screens = Screens(int(port), int(count), tokens)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    screens.run()
    found = {"published": screens.published, "taken": screens.taken, "frames": screens.frames, "closed": screens.closed}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
