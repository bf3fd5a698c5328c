"""bytes of an RTSP connection ↔ requests and answers (RFC 2326), and whether a request is signed (Basic and Digest, RFC 2617)."""

import asyncio
import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

_REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    461: "Unsupported Transport",
    501: "Not Implemented",
}
_REALM: Final = "camera"
_INTERLEAVED: Final = b"$"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; the headers' names are in small letters."""

    method: str
    uri: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """The path of what is asked for, without the server."""
        return urlsplit(self.uri).path


@dataclass(frozen=True, slots=True)
class Account:
    """Who may watch, and how the password travels."""

    user: str
    password: str = field(repr=False)
    scheme: Literal["basic", "digest"] = "digest"

    def challenge(self, nonce: str) -> str:
        """Return what an unsigned request is answered with."""
        return f'Digest realm="{_REALM}", nonce="{nonce}"' if self.scheme == "digest" else f'Basic realm="{_REALM}"'

    def signed(self, request: Request, nonce: str) -> bool:
        """Return whether the request proves that it knows the password."""
        given = request.headers.get("authorization", "")
        if self.scheme == "basic":
            expected = "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()
            return hmac.compare_digest(given.encode(), expected.encode())
        parts = dict(re.findall(r'(\w+)="([^"]*)"', given))
        who, what = _md5(f"{self.user}:{_REALM}:{self.password}"), _md5(f"{request.method}:{parts.get('uri', '')}")
        proof = _md5(f"{who}:{nonce}:{what}")
        return (
            parts.get("nonce") == nonce
            and parts.get("username") == self.user
            and hmac.compare_digest(parts.get("response", "").encode(), proof.encode())
        )


def answer(request: Request, status: int, headers: Mapping[str, str] | None = None, body: str = "") -> bytes:
    """Return the answer to a request."""
    lines = [f"RTSP/1.0 {status} {_REASONS[status]}", f"CSeq: {request.headers.get('cseq', '0')}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def received(reader: asyncio.StreamReader) -> Request | None:
    """Return the next request, passing over what a client tells of its reception; None where that is no RTSP or the connection ends."""
    try:
        while (first := await reader.readexactly(1)) == _INTERLEAVED:
            _, length = await reader.readexactly(1), int.from_bytes(await reader.readexactly(2))
            await reader.readexactly(length)
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("utf-8", "replace").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        await reader.readexactly(int(headers.get("content-length", "0")))
        method, uri, _ = head[0].split(" ", 2)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
        return None
    return Request(method, uri, headers)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
