"""request → let in or refused: everything is closed to the anonymous but a short list; the same gate for pages, REST and ``/ws``.

A gate before the routes, not a dependency of each: a new route is closed by default.
"""

from posixpath import normpath
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from center import bodies, problems
from center.access import GATEWAY, Access
from center.connections import LONG_BODY
from center.store.accounts import Credential
from wardroom.errors import AccessError, InvalidMessage, StorageError, WardroomError

COOKIE: Final = "wardroom_session"
SESSION: Final = "/api/v1/session"
PASSWORD: Final = "/api/v1/password"  # noqa: S105 - a path
SIGNIN: Final = "/signin/"
GATEWAYS: Final = "/api/v1/gateway/"
"""What gateways ask, and nobody else."""
_OWN_CHECK: Final = ("/healthz", "/metrics")
"""Open to all, and closed by its own token."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_WHILE_ONE_TIME: Final = frozenset({("GET", SESSION), ("DELETE", SESSION), ("POST", PASSWORD)})
_HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_NO_STORE: Final = (b"cache-control", b"no-store")


class Guard:
    """The gate; puts who it is into the request's state as `who`."""

    def __init__(self, app: ASGIApp, *, access: Access, origins: tuple[str, ...]) -> None:
        self._app = app
        self._access = access
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        speaking = _with_headers(send, scope["path"]) if scope["type"] == "http" else send
        connection = HTTPConnection(scope)
        refusal = await self._refusal(connection)
        await (refusal or self._app)(scope, receive, speaking)

    async def _refusal(self, connection: HTTPConnection) -> Response | None:
        try:
            self._check_origin(connection)
            _check_size(connection)
            if _is_open(connection):
                return None
            who = await self._access.who(cookie=connection.cookies.get(COOKIE), bearer=_bearer(connection.headers))
            _check(connection, who)
            _check_body(connection, who)
        except AccessError as error:
            return _signin(connection) if _is_navigation(connection) else _answer(connection, error)
        except (InvalidMessage, StorageError) as error:
            return _answer(connection, error)
        connection.scope.setdefault("state", {})["who"] = who
        return None

    def _check_origin(self, connection: HTTPConnection) -> None:
        """Refuse a page of another origin that wants to change something or to listen; a client that is no browser names none."""
        origin = connection.headers.get("origin")
        if origin is None or (connection.scope["type"] == "http" and _method(connection) in _SAFE):
            return
        scheme, _, place = origin.partition("://")
        same = scheme in {"http", "https"} and place.lower() == connection.headers.get("host", "").lower()
        if not same and origin.lower() not in self._origins:
            raise AccessError("center.origin_refused", value=origin[:200])


def _check(connection: HTTPConnection, who: Credential | None) -> None:
    if who is None:
        raise AccessError("center.signed_out")
    if (who.role == GATEWAY) != _is_gateways(connection.scope["path"]):
        raise AccessError("center.forbidden", role=who.role)
    if who.must_change and (_method(connection), connection.scope["path"]) not in _WHILE_ONE_TIME:
        raise AccessError("center.password_change_required")


def _check_size(connection: HTTPConnection) -> None:
    """Refuse a body that does not say its length, or is larger than anybody's may be."""
    length = connection.headers.get("content-length", "0")
    rule = bodies.larger(_method(connection), connection.scope["path"])
    unsaid = "transfer-encoding" in connection.headers or not length.isdecimal()
    if unsaid or int(length[:20]) > (bodies.SMALL if rule is None else rule.limit):
        key = "center.body_too_large" if rule is None else "center.file_too_large"
        limit = {} if rule is None else {"megabytes": f"{rule.limit / 2**20:g}"}
        raise InvalidMessage(key, method=_method(connection), path=connection.scope["path"][:200], **limit)


def _check_body(connection: HTTPConnection, who: Credential | None) -> None:
    """Refuse a large body of whoever has nothing to bring, unread; let what takes long take it, while it comes."""
    rule = bodies.larger(_method(connection), connection.scope["path"])
    if rule is None or who is None:
        return
    if who.role not in rule.roles:
        raise AccessError("center.forbidden", role=who.role)
    connection.scope.setdefault("state", {})[LONG_BODY] = True


def _is_open(connection: HTTPConnection) -> bool:
    path, method = connection.scope["path"], _method(connection)
    if connection.scope["type"] == "websocket":
        return False
    if (method, path) == ("POST", SESSION):
        return True
    if path in _OWN_CHECK:
        return method == "GET"
    return method in _SAFE and (path == SIGNIN.rstrip("/") or path.startswith(SIGNIN))


def _is_gateways(path: str) -> bool:
    return path.startswith(GATEWAYS) and normpath(path) == path


def _is_navigation(connection: HTTPConnection) -> bool:
    path = connection.scope["path"]
    wants_page = "text/html" in connection.headers.get("accept", "")
    return wants_page and _method(connection) == "GET" and connection.scope["type"] == "http" and not path.startswith("/api/")


def _signin(connection: HTTPConnection) -> Response:
    url = connection.url
    asked = url.path + (f"?{url.query}" if url.query else "")
    return RedirectResponse(f"{SIGNIN}?next={quote(asked, safe='/')}", status_code=303, headers={"cache-control": "no-store"})


def _answer(connection: HTTPConnection, error: WardroomError) -> Response:
    return problems.answer(error, problems.language(connection.headers))


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else None


def _method(connection: HTTPConnection) -> str:
    return str(connection.scope.get("method", "GET"))


def _with_headers(send: Send, path: str) -> Send:
    own = (*_HEADERS, _NO_STORE) if path.startswith("/api/") else _HEADERS
    names = {name for name, _ in own}

    async def speaking(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*(header for header in message.get("headers", ()) if header[0].lower() not in names), *own]
        await send(message)

    return speaking
