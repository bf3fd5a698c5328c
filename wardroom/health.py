"""GET /healthz and GET /metrics, for services without a web framework: HTTP/1.1 enough for a probe and for Prometheus, nothing more."""

import asyncio
import contextlib
import hmac
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from wardroom import metrics
from wardroom.errors import ConfigError
from wardroom.settings import Listen, Secret

REQUEST_S: Final = 5.0
CONNECTIONS: Final = 32
"""At once; one more is answered 503 unread."""
_REQUEST_BYTES: Final = 8_192
_TEXT: Final = "text/plain; charset=utf-8"

Answer = tuple[HTTPStatus, str, bytes]


async def serve(listen: Listen, trouble: Callable[[], str | None]) -> None:
    """Answer until cancelled; `trouble` returns why the service is not well, None if it is.

    Raises ConfigError if the address cannot be listened on.
    """
    writers: set[asyncio.StreamWriter] = set()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        full = len(writers) >= CONNECTIONS
        writers.add(writer)
        try:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(REQUEST_S):
                    answer = _busy() if full else await _answered(reader, listen.token, trouble)
                    writer.write(_encoded(answer))
                    await writer.drain()
        finally:
            writers.discard(writer)
            writer.close()

    try:
        server = await asyncio.start_server(attend, listen.host, listen.port, limit=_REQUEST_BYTES)
    except OSError as error:
        where = f"{listen.host}:{listen.port}"
        raise ConfigError("service.cannot_listen", field="listen.port", value=where, detail=error.strerror or str(error)) from error
    async with server:
        try:
            await server.serve_forever()
        finally:
            for writer in tuple(writers):
                writer.close()


async def _answered(reader: asyncio.StreamReader, token: Secret | None, trouble: Callable[[], str | None]) -> Answer:
    """Read one request and return its answer."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return HTTPStatus.BAD_REQUEST, _TEXT, b"bad request\n"
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, _, target = first.rpartition(" ")[0].partition(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if method != "GET":
        return HTTPStatus.METHOD_NOT_ALLOWED, _TEXT, b"only GET\n"
    match target.partition("?")[0]:
        case "/healthz":
            reason = trouble()
            return (HTTPStatus.OK, _TEXT, b"ok\n") if reason is None else (HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, f"{reason}\n".encode())
        case "/metrics" if _allowed(headers, token):
            return HTTPStatus.OK, metrics.CONTENT_TYPE, metrics.exposition()
        case "/metrics":
            return HTTPStatus.UNAUTHORIZED, _TEXT, b"a bearer token is needed\n"
        case _:
            return HTTPStatus.NOT_FOUND, _TEXT, b"not found\n"


def _allowed(headers: Mapping[str, str], token: Secret | None) -> bool:
    """Say whether a request carries the bearer token; without a token of ours none does."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return token is not None and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.reveal().encode())


def _busy() -> Answer:
    return HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, b"too many connections\n"


def _encoded(answer: Answer) -> bytes:
    status, kind, body = answer
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if status == HTTPStatus.UNAUTHORIZED:
        lines.append("WWW-Authenticate: Bearer")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
