"""the built front end → ``/signin/`` for everybody, ``/`` and its assets for who is signed in."""

from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from wardroom.errors import WardroomError

SHIPPED: Final = Path(__file__).parents[1] / "web" / "dist"


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


def pages(folder: Path) -> list[Mount]:
    """Return the mounts of the sign-in page and the app, which comes last: it takes every path that is left."""
    return [
        Mount("/signin", Built(folder / "signin"), name="signin"),
        Mount("/", Built(folder / "app"), name="app"),
    ]
