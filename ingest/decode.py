"""topic + bytes → message, or rejected with a reason: pure, and never raises for what came from outside."""

from typing import Final

from msgspec import Struct

from wardroom import messages, senml, topics
from wardroom.errors import InvalidMessage
from wardroom.messages import AnyEvent, Birth, Health, Status
from wardroom.senml import Columns
from wardroom.topics import Gateway, GatewayTopic, PackTopic

_REPORTS: Final[dict[str, type[Status] | type[Birth] | type[Health]]] = {"status": Status, "birth": Birth, "health": Health}


class Readings(Struct, frozen=True, gc=False):
    """A pack of readings from a gateway's outbox."""

    topic: PackTopic
    pack: Columns


class Happening(Struct, frozen=True, gc=False):
    """An event from a gateway's outbox."""

    topic: PackTopic
    event: AnyEvent


class Report(Struct, frozen=True, gc=False):
    """What a gateway says of itself: status, birth or health."""

    gateway: Gateway
    report: Status | Birth | Health


class Cleared(Struct, frozen=True, gc=False):
    """An empty message: somebody took a retained one away; there is nothing to store."""


class Rejected(Struct, frozen=True, gc=False):
    """No message of ours: `reason` is the key of the sentence `detail`; `pack` is there where the topic named one."""

    reason: str
    detail: str
    gateway: Gateway | None
    pack: PackTopic | None


Decoded = Readings | Happening | Report | Cleared | Rejected


def decode(topic: str, payload: bytes) -> Decoded:
    """Return what `payload` says under `topic`."""
    try:
        place = topics.parse(topic)
    except InvalidMessage as error:
        return rejected(error, None)
    try:
        return _pack(place, payload) if isinstance(place, PackTopic) else _report(place, payload)
    except InvalidMessage as error:
        return rejected(error, place)


def rejected(error: InvalidMessage, place: PackTopic | GatewayTopic | None) -> Rejected:
    """Return the rejection that `error` stands for, at `place` in the topic tree if it has one."""
    pack = place if isinstance(place, PackTopic) else None
    return Rejected(error.key, str(error), place.gateway if place else None, pack)


def _pack(place: PackTopic, payload: bytes) -> Decoded:
    if place.kind == "readings":
        return Readings(place, senml.columns(payload))
    return Happening(place, messages.decode_event(payload, place.gateway))


def _report(place: GatewayTopic, payload: bytes) -> Decoded:
    kind = _REPORTS.get(place.channel)
    if kind is None or not payload:
        return Cleared()
    return Report(place.gateway, messages.decode(payload, kind))
