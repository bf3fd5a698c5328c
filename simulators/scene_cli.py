"""`wardroom simulate scene`: people walk through an entrance, as a film, as pictures, or as a camera of the network."""

import errno
import importlib
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from simulators.scenes.order import Order
from simulators.scenes.script import Level
from wardroom import service
from wardroom.errors import ConfigError


def scene(  # noqa: PLR0913 - each is an option of the command line
    *,
    people: Annotated[
        Path | None, typer.Option("--people", help="A folder of portraits: DIR/person/*.jpg, or one a person; drawn people without.")
    ] = None,
    drawn: Annotated[int, typer.Option("--drawn", min=1, max=1_000, help="Without --people: how many to draw.")] = 6,
    models: Annotated[
        Path | None,
        typer.Option("--models", envvar="WARDROOM_MODELS", help="The models' folder: YuNet finds the faces; without, the middle."),
    ] = None,
    script: Annotated[Path | None, typer.Option("--script", help="Who comes when (TOML or JSON); made up by the seed without.")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", min=1, max=86_400, help="How long; a minute if nobody says.")] = None,
    light: Annotated[Level | None, typer.Option("--light", help="One light for the whole scene.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed is another scene.")] = 1,
    fps: Annotated[float, typer.Option("--fps", min=1, max=60, help="Frames a second.")] = 12.0,
    to: Annotated[Path | None, typer.Option("--to", help="Write a film (MP4, H.264).")] = None,
    rtsp: Annotated[str | None, typer.Option("--rtsp", metavar=":PORT", help="Be a camera on 127.0.0.1 until Ctrl-C.")] = None,
    frames: Annotated[Path | None, typer.Option("--frames", help="Write each frame as a PNG into this folder.")] = None,
    truth: Annotated[Path | None, typer.Option("--truth", help="Write who is where in every frame (JSON lines).")] = None,
) -> None:
    """Let people walk through an entrance, and tell who was where."""
    try:
        order = Order(
            people=people, drawn=drawn, models=models, script=script, seconds=seconds, light=light, seed=seed, fps=fps,
            film=to, rtsp=_port(rtsp), frames=frames, truth=truth,
        )  # fmt: skip
        _check(order)
        showing: Any = _showing()
    except ConfigError as error:
        raise typer.Exit(service.report(error)) from error
    raise typer.Exit(showing.show(order))


def _showing() -> Any:
    """Return what shows a scene, imported only now: fleet and load do without OpenCV. Raises ConfigError where it is not installed."""
    try:
        return importlib.import_module("simulators.scenes.showing")
    except ModuleNotFoundError as error:
        raise ConfigError("cli.not_installed", value="simulate scene", package=error.name, extra="vision") from error


def _check(order: Order) -> None:
    if sum(place is not None for place in (order.film, order.rtsp, order.frames)) != 1:
        raise ConfigError("simulators.scene_where")
    if order.truth is not None and not order.truth.parent.is_dir():  # found out at the end it would cost the whole scene
        raise ConfigError("simulators.status_unusable", file=order.truth, detail=os.strerror(errno.ENOENT))


def _port(given: str | None) -> int | None:
    """Return the port of ``:8554``, ``8554`` or ``127.0.0.1:8554``."""
    if given is None:
        return None
    host, _, port = given.rpartition(":")
    if host not in {"", "127.0.0.1", "localhost"} or not port.isdecimal() or not 1 <= int(port) <= 65_535:
        raise ConfigError("simulators.scene_port", value=given)
    return int(port)
