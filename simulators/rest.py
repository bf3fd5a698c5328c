"""a center's REST interface as a person uses it: sign in, ask, change; a refusal is the center's own sentence as an error. It blocks."""

import http.client
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from simulators.configs import HOST
from wardroom import settings
from wardroom.errors import EmbeddedError

API: Final = "/api/v1"
_WITHIN_S: Final = 30.0
_LARGEST: Final = 64 * 2**20
JSON: Final = "application/json"


class Rest:
    """One person's session at a center on this machine; one thread at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._session: dict[str, str] = {}

    def sign_in(self, account: str, password: str, chosen: str) -> None:
        """Sign in with a one-time password, and choose another."""
        self.post("/session", {"account": account, "password": password})
        self.post("/password", {"current": password, "new": chosen})

    @property
    def cookie(self) -> str:
        """Return the session as a Cookie header has it."""
        return "; ".join(f"{name}={value}" for name, value in self._session.items())

    def sign_out(self) -> None:
        self._asked("DELETE", "/session")

    def get(self, path: str) -> Any:
        return self._asked("GET", path)

    def post(self, path: str, body: object = None) -> Any:
        return self._asked("POST", path, msgspec.json.encode(body))

    def patch(self, path: str, body: object) -> Any:
        return self._asked("PATCH", path, msgspec.json.encode(body))

    def delete(self, path: str) -> Any:
        return self._asked("DELETE", path)

    def put_file(self, path: str, data: bytes, kind: str = "application/octet-stream") -> Any:
        """Send a file's bytes as they are."""
        return self._asked("POST", path, data, kind)

    def pages(self, path: str, **query: str) -> list[Any]:
        """Return the whole of a list."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            asked = query | {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            page = self.get(f"{path}?{urlencode(asked)}")
            items += page["items"]
            cursor = page.get("next") or page.get("cursor")
            if not cursor:
                return items

    def _asked(self, method: str, path: str, data: bytes | None = None, kind: str = JSON) -> Any:
        headers = {"Accept": JSON, "Accept-Language": settings.language()} | ({"Cookie": self.cookie} if self._session else {})
        if data is not None:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection(HOST, self._port, timeout=_WITHIN_S)
        try:
            connection.request(method, API + path, data, headers)
            response = connection.getresponse()
            body = response.read(_LARGEST)
        except (OSError, http.client.HTTPException) as error:
            raise EmbeddedError("simulators.center_silent", method=method, path=path, detail=str(error)) from error
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or ():
            self._session |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if response.status >= http.client.BAD_REQUEST:
            raise EmbeddedError("simulators.center_refuses", method=method, path=path, detail=_detail(body, response.status))
        return msgspec.json.decode(body) if body and JSON in response.headers.get("Content-Type", "") else body


def part(text: str) -> str:
    """Return a text as one part of a path or a value of a query."""
    return quote(text, safe="")


def _detail(body: bytes, status: int) -> str:
    try:
        return str(msgspec.json.decode(body)["detail"]).rstrip(".")
    except (msgspec.MsgspecError, KeyError, TypeError):
        return f"HTTP {status}"
