"""bytes of a request → what is asked for; an answer → its bytes: as much of HTTP as a gates' screen needs, every answer closes its line."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

REQUEST_BYTES: Final = 8_192
"""Bytes of the longest request."""
_TEXT: Final = "text/plain; charset=utf-8"
_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered. `location`: where it is instead."""

    status: HTTPStatus
    kind: str
    body: bytes
    location: str | None = None


MISSING: Final = Answer(HTTPStatus.NOT_FOUND, _TEXT, b"not found\n")
BUSY: Final = Answer(HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, b"too many screens\n")
FORBIDDEN: Final = Answer(HTTPStatus.FORBIDDEN, _TEXT, b"the address lacks the right token\n")


def found(kind: str, body: bytes) -> Answer:
    """Return what was asked for."""
    return Answer(HTTPStatus.OK, kind, body)


def as_folder(name: str, query: str) -> Answer:
    """Return the way to the same with a slash at its end, which what the page names beside itself is relative to."""
    return Answer(HTTPStatus.TEMPORARY_REDIRECT, _TEXT, b"", f"{quote(name, safe='')}/?{urlencode(parse_qsl(query))}")


async def target(reader: asyncio.StreamReader) -> SplitResult | None:
    """Return what is asked for, None where that is nothing of ours."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, _, asked = head.partition("\r\n")[0].rpartition(" ")[0].partition(" ")
        return urlsplit(asked) if method == "GET" and asked.startswith("/") else None
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        return None


def encoded(answer: Answer) -> bytes:
    """Return an answer's bytes."""
    more = [f"Content-Length: {len(answer.body)}"] + ([] if answer.location is None else [f"Location: {answer.location}"])
    return head(answer.status, answer.kind, *more) + answer.body


def head(status: HTTPStatus, kind: str, *more: str) -> bytes:
    """Return what stands before an answer's body."""
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Content-Type: {kind}",
        "Cache-Control: no-store",
        "Connection: close",
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer",
        f"Content-Security-Policy: {_POLICY}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
