"""application → a listening HTTP server (uvicorn with uvloop and httptools) that ends when it is told, screens first."""

import asyncio
import errno
import ipaddress
import math
import resource
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import structlog
import uvicorn

from center import app
from center.connections import Connection
from center.problems import printable
from center.room import Room
from center.screen import CENTER_STOPS
from center.settings import Center
from center.sockets import Line
from wardroom.errors import ConfigError, WardroomError
from wardroom.settings import Listen

BACKLOG: Final = 512
DEAD_MS: Final = 30_000
"""A screen that acknowledges nothing for this long is cut by the kernel, whatever is still buffered for it."""
UNSENT: Final = 131_072
"""Bytes the kernel takes ahead of what a screen takes: a slow one is told what is, not megabytes of what was."""
MESSAGE_LIMIT: Final = 16_384
"""Bytes of what a screen may say at once."""
SPARE_FILES: Final = 100
"""For the database, the broker, pages that are read."""
STOP_S: Final = 5

_log = structlog.get_logger()


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: `wardroom.service` cancels us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(room: Room, *, connection: type[Connection] = Connection, line: type[Line] = Line) -> None:
    """Serve until cancelled; raises WardroomError where the center cannot go on."""
    failures: list[WardroomError] = []

    def failed(*errors: WardroomError) -> None:
        failures.extend(errors)
        server.should_exit = True

    allow_files(room.settings.center.clients + SPARE_FILES)
    with closing(listener(room.settings.listen)) as listening:
        application = app.create(room, on_failure=failed)
        server = _Server(config(application, room.settings.center, connection=connection, line=line))
        serving = asyncio.create_task(server.serve(sockets=[listening]), name="http server")
        _log.info("listening", host=room.settings.listen.host, port=room.settings.listen.port)
        try:
            await asyncio.shield(serving)
        finally:
            room.screens.end(CENTER_STOPS)
            server.should_exit = True
            await serving
    if failures:
        raise failures[0]


def allow_files(wanted: int) -> None:
    """Let this process open so many files, as far as it may say so itself; else screens beyond them would wait in the dark."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        _log.warning("fewer open files allowed than center.clients needs", allowed=allowed, needed=wanted)


def listener(listen: Listen) -> socket.socket:
    """Return the listening socket; what it sets is inherited by every connection. Raises ConfigError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_MS)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
        made.bind((listen.host, listen.port))
        made.listen(BACKLOG)
    except (OSError, ValueError, TypeError) as error:  # the last two: a host with a NUL, or of more than text
        made.close()
        raise _unheard(listen, error) from error
    made.setblocking(False)
    return made


def config(application: object, center: Center, *, connection: type[Connection] = Connection, line: type[Line] = Line) -> uvicorn.Config:
    """Return uvicorn's configuration. Raises ConfigError for a proxy that is no address."""
    return uvicorn.Config(
        application,  # type: ignore[arg-type]  # uvicorn's own ASGI types are narrower than starlette's
        loop="none",
        http=connection,
        limit_concurrency=center.clients + 1,
        timeout_keep_alive=math.ceil(connection.head_s),
        proxy_headers=bool(center.proxies),
        forwarded_allow_ips=[_proxy(address) for address in center.proxies],
        ws=line,
        ws_max_size=MESSAGE_LIMIT,
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        lifespan="on",
        access_log=False,
        log_level="warning",
        log_config=None,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_S,
    )


def _unheard(listen: Listen, error: OSError | ValueError | TypeError) -> ConfigError:
    """Return what to say where the address cannot be listened at: the host's fault or the port's."""
    host = printable(listen.host[:100])
    detail = getattr(error, "strerror", None) or str(error)
    if isinstance(error, socket.gaierror) or getattr(error, "errno", errno.EADDRNOTAVAIL) == errno.EADDRNOTAVAIL:
        return ConfigError("center.bad_host", value=host, detail=detail)
    return ConfigError("center.port_taken", port=listen.port, host=host, detail=detail)


def _proxy(address: str) -> str:
    try:
        ipaddress.ip_network(address)
    except ValueError as error:
        raise ConfigError("center.bad_proxy", value=printable(address[:100])) from error
    return address
