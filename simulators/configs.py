"""the demo ward → the files of its services and gateways, as text: what `simulators.folder` writes once and people may edit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from simulators.signals import SIGNALS
from simulators.ward import Sensor, WardGateway
from wardroom.embedded.provision import CENTER, DATABASE, INGEST, OWNER
from wardroom.messages import Name, SiteKind
from wardroom.topics import Gateway

HOST: Final = "127.0.0.1"
_STUCK_AFTER_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the demo's servers listen, all on 127.0.0.1."""

    database: int
    broker: int
    ingest: int
    wall: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """What the demo's programs sign in with; gateways have theirs in their own files."""

    owner_database: str = field(repr=False)
    ingest_database: str = field(repr=False)
    center_database: str = field(repr=False)
    ingest_broker: str = field(repr=False)
    center_broker: str = field(repr=False)
    metrics: str = field(repr=False)


def text(value: str | Path) -> str:
    """Return a TOML string: JSON's escapes are TOML's too."""
    return msgspec.json.encode(str(value)).decode()


def table(name: str, entries: Mapping[str, str | int | Path]) -> str:
    """Return one TOML table."""
    lines = [f"{key} = {entry if isinstance(entry, int) else text(entry)}" for key, entry in entries.items()]
    return "\n".join((f"[{name}]", *lines, ""))


def _database(ports: Ports, user: str, password: str) -> str:
    return table("database", {"host": HOST, "port": ports.database, "name": DATABASE, "user": user, "password": password})


def _broker(ports: Ports, user: str, password: str) -> str:
    return table("broker", {"host": HOST, "port": ports.broker, "username": user, "password": password})


def schema(ports: Ports, passwords: Passwords) -> str:
    """Return the configuration of `wardroom db`."""
    return _database(ports, OWNER, passwords.owner_database)


def ingest(ports: Ports, passwords: Passwords) -> str:
    """Return the configuration of `wardroom ingest`."""
    listen = table("listen", {"host": HOST, "port": ports.ingest, "token": passwords.metrics})
    return "\n".join((_broker(ports, "ingest", passwords.ingest_broker), _database(ports, INGEST, passwords.ingest_database), listen))


def center(ports: Ports, passwords: Passwords) -> str:
    """Return the configuration of `wardroom center` and `wardroom access`."""
    listen = table("listen", {"host": HOST, "port": ports.wall, "token": passwords.metrics})
    return "\n".join((_broker(ports, "center", passwords.center_broker), _database(ports, CENTER, passwords.center_database), listen))


def gateway(place: WardGateway, *, ports: Ports, password: str, data: Path, seed: int) -> str:
    """Return the configuration of one gateway's `wardroom edge`."""
    head = (
        "# One gateway of the demo. Add a [[sensor]] and save: it is measured at once, nothing needs a restart.\n"
        "# Thêm một mục [[sensor]] rồi lưu: cảm biến được đo ngay, không cần khởi động lại.\n"
    )
    edge = table("edge", {"site": place.site.id, "gateway": place.id, "data": data})
    edge += f"name = {named(place.name)}\nsite_description = {{ kind = {text(place.site.kind)}, name = {named(place.site.name)} }}\n"
    sensors = [_sensor(sensor, f"{place.site.id}/{place.id}/{sensor.id}", seed) for sensor in place.sensors]
    return "\n".join((head, _broker(ports, f"{place.site.id}.{place.id}", password), edge, *sensors))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A gateway for load: one device that counts, asked one sample after the other, so that at most one put is under way."""

    place: Gateway
    broker: int
    password: str = field(repr=False)
    data: Path
    quantities: int
    period_s: float
    keepalive_s: int = 30
    more: str = ""
    """Further lines of its ``[edge]``."""


def counter(made: Counter) -> str:
    """Return the configuration of a gateway for load."""
    place = made.place
    who: dict[str, str | int | Path] = {
        "host": HOST,
        "port": made.broker,
        "username": f"{place.site}.{place.gateway}",
        "password": made.password,
        "keepalive_s": made.keepalive_s,
    }
    edge = table("edge", {"site": place.site, "gateway": place.gateway, "data": made.data})
    name = named(Name(f"Tải thử {place.gateway}", f"Load {place.gateway}"))
    edge += f"name = {name}\nsite_description = {{ kind = {text(SiteKind.PUBLIC_PLACE)}, name = {name} }}\n{made.more}\n"
    quantities = ", ".join(f'{{ id = "count-{number}", unit = "count" }}' for number in range(made.quantities))
    lines = (
        "[[sensor]]",
        'id = "load"',
        f"name = {name}",
        'driver = "simulators.sources:Counting"',
        f"period_s = {made.period_s}",
        "report = { at_least_s = 86400.0, change = 0.0 }",
        f"quantities = [{quantities}]",
        "",
    )
    return "\n".join((table("broker", who), edge, *lines))


def _sensor(sensor: Sensor, place: str, seed: int) -> str:
    feeds = [(quantity.id, quantity.signal, SIGNALS[quantity.signal]) for quantity in sensor.quantities]
    quantities = [
        f"    {{ id = {text(id_)}, unit = {text(signal.unit)}, options = {{ signal = {text(name)} }} }}," for id_, name, signal in feeds
    ]
    stuck = [f"stuck_after_s = {_STUCK_AFTER_S}"] if any(signal.wanders for _, _, signal in feeds) else []
    return "\n".join(
        (
            "[[sensor]]",
            f"id = {text(sensor.id)}",
            f"name = {named(sensor.name)}",
            'driver = "simulators.sources:Simulated"',
            f"period_s = {float(sensor.period_s)}",
            *stuck,
            f"report = {{ at_least_s = {float(sensor.at_least_s)}, change = 0.0 }}",
            "quantities = [",
            *quantities,
            "]",
            f"options = {{ seed = {seed}, place = {text(place)} }}",
            "",
        )
    )


def named(name: Name) -> str:
    return f"{{ vi = {text(name.vi)}, en = {text(name.en)} }}"
