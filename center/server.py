"""application → a listening HTTP server (uvicorn with uvloop and httptools) that ends when it is told, screens first."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import structlog
import uvicorn

from center import app
from center.live import CENTER_STOPS
from center.room import Room
from wardroom.errors import ConfigError, WardroomError
from wardroom.settings import Listen

BACKLOG: Final = 512
DEAD_MS: Final = 30_000
"""A screen that acknowledges nothing for this long is cut by the kernel, whatever is still buffered for it."""
MESSAGE_LIMIT: Final = 16_384
"""Bytes of what a screen may say at once."""
STOP_S: Final = 5

_log = structlog.get_logger()


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: `wardroom.service` cancels us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(room: Room) -> None:
    """Serve until cancelled; raises WardroomError where the center cannot go on."""
    failures: list[str] = []

    def failed() -> None:
        failures.append("bug")
        server.should_exit = True

    with closing(listener(room.settings.listen)) as listening:
        server = _Server(_config(app.create(room, on_failure=failed)))
        serving = asyncio.create_task(server.serve(sockets=[listening]), name="http server")
        _log.info("listening", host=room.settings.listen.host, port=room.settings.listen.port)
        try:
            await asyncio.shield(serving)
        finally:
            room.screens.end(CENTER_STOPS)
            server.should_exit = True
            await serving
    if failures:
        raise WardroomError("center.stopped")


def listener(listen: Listen) -> socket.socket:
    """Return the listening socket; what it sets is inherited by every connection. Raises ConfigError where the port cannot be had."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_MS)
        made.bind((listen.host, listen.port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise ConfigError("center.port_taken", port=listen.port, host=listen.host, detail=error.strerror or str(error)) from error
    made.setblocking(False)
    return made


def _config(application: object) -> uvicorn.Config:
    return uvicorn.Config(
        application,  # type: ignore[arg-type]  # uvicorn's own ASGI types are narrower than starlette's
        loop="none",
        http="httptools",
        ws="websockets-sansio",
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
