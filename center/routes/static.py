"""the built front end → ``/signin/`` for everybody, ``/``, the app's other pages and its assets for who is signed in."""

import re
from pathlib import Path
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from wardroom.errors import ConfigError, WardroomError

SHIPPED: Final = Path(__file__).parents[1] / "web" / "dist"

_PAGES: Final = re.compile(r"(checkin|people|events)(/[A-Za-z0-9_-]{1,64})?|welcome/[A-Za-z0-9_-]{1,64}")
"""The paths of the app's own pages, as in `center/web/src/pages.ts`: one document, which looks at its address."""

_log = structlog.get_logger()


class Built(StaticFiles):
    """Files of a built page; where it was not built, one sentence says so."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose(reason="not found")(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    async def check_config(self) -> None:
        if not (self._folder / "index.html").is_file():
            raise WardroomError("center.not_built", folder=self._folder)
        await super().check_config()

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        hashed = path.startswith("assets/")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response


class App(Built):
    """The app's files, and its document at the path of each of its pages."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        return await super().get_response("index.html" if _PAGES.fullmatch(path) else path, scope)


async def _to_signin(request: Request) -> Response:
    query = request.url.query
    return RedirectResponse(f"/signin/?{query}" if query else "/signin/", status_code=303)


def folder(web: str | None) -> Path:
    """Return where the built pages are: the setting's folder or the shipped one. Raises ConfigError where the setting names no folder."""
    found = SHIPPED if web is None else Path(web)
    if web is not None and not found.is_dir():
        raise ConfigError("center.no_web", value=web)
    if not (found / "app" / "index.html").is_file():
        _log.warning("pages not built", folder=str(found))
    return found


def pages(folder: Path) -> list[BaseRoute]:
    """Return the routes of the sign-in page and of the app, which comes last: it takes every path that is left."""
    return [
        Route("/signin", _to_signin, name="signin without slash"),
        Mount("/signin", Built(folder / "signin"), name="signin"),
        Mount("/", App(folder / "app"), name="app"),
    ]
