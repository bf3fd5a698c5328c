"""settings → the running center: the routes behind the gate, and one TaskGroup that owns pool, MQTT feed and hub."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import Any, Final

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from center import problems
from center.guard import Guard
from center.models import ProblemOut
from center.room import Room
from center.routes import (
    audit,
    checkin_lists,
    delegates,
    enrolments,
    gates,
    gateway,
    gateways,
    greetings,
    health,
    imports,
    live,
    occasions,
    papers,
    passages,
    people,
    people_photos,
    readings,
    sensors,
    series,
    session,
    sites,
    static,
    strangers,
    uploads,
    wall_tokens,
)
from wardroom import __version__, service
from wardroom.errors import WardroomError
from wardroom.metrics import BUGS

API: Final = "/api/v1"
_LISTED: Final = (
    sites,
    gateways,
    sensors,
    series,
    readings,
    session,
    wall_tokens,
    uploads,
    people,
    people_photos,
    enrolments,
    audit,
    occasions,
    checkin_lists,
    gates,
    delegates,
    passages,
    imports,
    papers,
    gateway,
    strangers,
    greetings,
)
_PROBLEM: Final = {"model": ProblemOut, "description": "What went wrong, in one sentence (RFC 9457)."}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {"4XX": _PROBLEM, "5XX": _PROBLEM}

_log = structlog.get_logger()

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
OnFailure = Callable[..., None]
"""Takes the WardroomErrors for which the center can only stop."""


def create(room: Room, *, on_failure: OnFailure = lambda *_errors: None) -> FastAPI:
    """Return the center's application; `on_failure` is told when a task of it broke and it can only stop. Raises ConfigError."""
    app = _application(lambda _app: running(room, on_failure))
    app.state.room = room
    app.add_middleware(Guard, access=room.access, origins=room.settings.center.origins)
    app.routes.extend(static.pages(static.folder(room.settings.center.web)))
    return app


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of the REST interface."""
    return _application(None).openapi()


@asynccontextmanager
async def running(room: Room, on_failure: OnFailure) -> AsyncIterator[None]:
    """Live: the pool, the picture and then the MQTT feed, the screens' heartbeat and checks; all end together.

    What goes wrong is told, not raised: uvicorn would make a traceback of an error of ours.
    """
    try:
        async with room.database, asyncio.TaskGroup() as tasks:
            started = [
                tasks.create_task(_feed(room), name="live feed"),
                tasks.create_task(_checkin(room), name="check-in"),
                tasks.create_task(room.screens.beat(), name="screens' heartbeat"),
                tasks.create_task(room.screens.check(room.access.ended), name="screens' sign-in"),
                tasks.create_task(room.uploads.watch(), name="old uploads"),
                tasks.create_task(room.people.run(), name="people"),
                tasks.create_task(room.imports.run(), name="imports"),
            ]
            try:
                yield
            finally:
                for task in started:
                    task.cancel()
    except* WardroomError as group:
        on_failure(*service.leaves(group))
    except* Exception:  # noqa: BLE001 - the top of the service: logged with its traceback and counted
        BUGS.labels("center").inc()
        _log.exception("center stopped by a bug")
        on_failure(WardroomError("center.stopped"))


async def _feed(room: Room) -> None:
    """Load the picture, then follow the broker and mend from the database side by side."""
    await room.mending.load()
    _keep_what_is_there()
    async with room.session, asyncio.TaskGroup() as tasks:
        tasks.create_task(room.mending.look(), name="looking for new series")
        tasks.create_task(room.mending.mend(), name="mending")


async def _checkin(room: Room) -> None:
    """Check people in once it is sure that the database is one of ours."""
    await room.mending.loaded.wait()
    await room.checkin.run()


def _keep_what_is_there() -> None:
    """Have the garbage collector leave alone what stays: program and picture; looking through all of it stops every screen for 40 ms."""
    gc.collect()
    gc.freeze()


def _application(lifespan: Lifespan | None) -> FastAPI:
    app = FastAPI(
        title="Wardroom",
        version=__version__,
        description="The operations centre's REST interface; the live interface is the WebSocket /ws, described in asyncapi.yaml.",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
        swagger_ui_oauth2_redirect_url=None,
        lifespan=lifespan,
        generate_unique_id_function=_operation,
        separate_input_output_schemas=False,
        exception_handlers={
            WardroomError: problems.on_ours,
            RequestValidationError: problems.on_invalid,
            HTTPException: problems.on_http,
            Exception: problems.on_ours,
        },
    )
    app.routes.extend(_routes())
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return what stands in no room: put together once a process, which takes longer than all else of a start."""
    api = APIRouter(prefix=API, responses=_RESPONSES)
    for listed in _LISTED:
        api.include_router(listed.router, tags=[listed.__name__.rpartition(".")[2]])
    every = APIRouter(generate_unique_id_function=_operation)
    every.include_router(api)
    every.include_router(health.router, tags=["health"])
    every.include_router(live.router)
    return tuple(every.routes)


def _operation(route: APIRoute) -> str:
    return route.name
