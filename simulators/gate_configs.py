"""a gateway with gates → its file, as text: its word at the center, and cameras that are told what they see, or see badges on pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from simulators import configs
from simulators.arrivals import Gate
from simulators.pixels import Pixels
from simulators.ward import WardGateway
from wardroom.topics import Gateway

_FPS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a gateway reaches broker and center, and what it signs in with. `token`: None before the center gave it one."""

    broker: int
    center: int
    password: str = field(repr=False)
    token: str | None = field(repr=False, default=None)
    data: Path
    key: Path
    more: str = ""
    """Further lines of its ``[edge]``."""


def gateway(place: WardGateway, way: Way, cameras: Iterable[str] = ()) -> str:
    """Return the configuration of a gateway with these cameras."""
    who = Gateway(place.site.id, place.id)
    broker: dict[str, str | int | Path] = {
        "host": configs.HOST,
        "port": way.broker,
        "username": f"{who.site}.{who.gateway}",
        "password": way.password,
    }
    edge = configs.table("edge", {"site": who.site, "gateway": who.gateway, "data": way.data})
    name = configs.named(place.name)
    edge += f"name = {name}\nsite_description = {{ kind = {configs.text(place.site.kind)}, name = {configs.named(place.site.name)} }}\n"
    parts = [configs.table("broker", broker), edge + way.more + "\n"]
    if way.token is not None:
        center = f"http://{configs.HOST}:{way.center}"
        parts.append(configs.table("checkin", {"center": center, "token": way.token, "key": way.key}))
    return "\n".join((*parts, *cameras))


def told(gate: Gate, schedule: Path, notes: Path | None) -> str:
    """Return a camera that is told what it sees by a schedule."""
    options = f"schedule = {configs.text(schedule)}" + (f", notes = {configs.text(notes)}" if notes else "")
    return camera(gate, "simulators.blank:Blank", "simulators.told_gate:ToldGate", [f"watch_options = {{ {options} }}"])


def badges(gate: Gate, script: Path, drawn: int) -> str:
    """Return a camera before which drawn people hold up badges by a script; its eyes read them, and look for no faces."""
    source = f"options = {{ script = {configs.text(script)}, drawn = {drawn} }}"
    return camera(gate, "simulators.scenes.capture:SceneCamera", "eyes", [source, "watch_options = { codes = true, faces = false }"])


def portraits(gate: Gate, script: Path, pixels: Pixels) -> str:
    """Return a camera before which people of portraits come by a script; its eyes look for their faces."""
    models = configs.text(pixels.models.resolve())
    source = f"options = {{ script = {configs.text(script)}, people = {configs.text(pixels.people.resolve())}, models = {models} }}"
    eyes = f'codes = true, gallery = "center", engine = {configs.text(pixels.engine)}, models = {models}'
    return camera(gate, "simulators.scenes.capture:SceneCamera", "eyes", [source, f"watch_options = {{ {eyes} }}"])


def faces(gate: Gate, url: str, options: Sequence[str]) -> str:
    """Return a camera of the network whose eyes look for faces and badges; `options`: lines of its ``watch_options``."""
    inner = ", ".join(("codes = true", 'gallery = "center"', *options))
    return camera(gate, "rtsp", "eyes", [f"url = {configs.text(url)}", f"watch_options = {{ {inner} }}"])


def camera(gate: Gate, source: str, watch: str, more: Sequence[str]) -> str:
    """Return a gate's camera; `more`: further lines of it."""
    name = f"Camera {gate.id}"
    lines = (
        "[[camera]]",
        f"id = {configs.text(gate.id)}",
        f"name = {{ vi = {configs.text(name)}, en = {configs.text(name)} }}",
        f"source = {configs.text(source)}",
        f"watch = {configs.text(watch)}",
        f"fps = {_FPS}",
        *more,
        "",
    )
    return "\n".join(lines)
