"""bytes → what each decoder says of them: a message, or refused with a reason that has its sentence in both languages, nothing else."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from center.settings import Settings as CenterSettings
from edge import settings as edge_settings
from ingest.dead_letters import Envelope, letter
from ingest.decode import Readings, Rejected, decode
from ingest.settings import Settings as IngestSettings
from tests.ingest.factories import GATEWAY
from wardroom import messages, senml, settings, topics
from wardroom.errors import WardroomError
from wardroom.messages import Birth, Health, Receipt, Status
from wardroom.senml import ABSOLUTE_US, LAST_US, VALUE_LIMIT

_REPORTS: Final[tuple[type[Struct], ...]] = (Status, Birth, Health, Receipt)
_FILE: Final = Path(tempfile.gettempdir()) / "wardroom-hostile.toml"


class Unexplained(AssertionError):
    """A refusal without its sentence, or a message that should have been refused."""


def ingest(data: bytes) -> None:
    """A topic, a line break, a payload: what a message becomes at ingest, its dead letter included."""
    topic, _, payload = data.partition(b"\n")
    message(topic.decode(errors="replace"), payload)


def message(topic: str, payload: bytes) -> bool:
    """Return whether ingest takes the message for a good one."""
    decoded = decode(topic, payload)
    if isinstance(decoded, Rejected):
        kept = letter(Envelope(topic, payload, 0), decoded.reason, decoded.detail, decoded.gateway)
        (kept.topic + kept.reason + kept.detail).encode()
        if not decoded.detail or decoded.detail == decoded.reason:
            raise Unexplained(decoded.reason)
        return False
    if isinstance(decoded, Readings):
        _sound(senml.decode(payload))
    return True


def pack(data: bytes) -> None:
    """SenML."""
    _refused_or(lambda: _sound(senml.decode(data)))


def event(data: bytes) -> None:
    """An event, and what may be said of it again."""
    _refused_or(lambda: messages.decode_event(messages.encode(messages.decode_event(data, GATEWAY)), GATEWAY))


def report(data: bytes) -> None:
    """A gateway's word of itself, and a receipt."""
    for kind in _REPORTS:
        _refused_or(lambda kind=kind: messages.decode(data, kind))  # type: ignore[misc]


def topic(data: bytes) -> None:
    """A topic's parts make the same topic again."""
    text = data.decode(errors="replace")

    def whole() -> None:
        place = topics.parse(text)
        again = place.gateway.pack(place.kind, place.boot, place.seq) if isinstance(place, topics.PackTopic) else None
        if text not in {again, f"{place.gateway.prefix}/{getattr(place, 'channel', '')}"}:
            raise Unexplained(text)

    _refused_or(whole)


def settings_file(data: bytes) -> None:
    """The settings of every service."""
    _FILE.write_bytes(data)
    for load in (lambda: settings.load(IngestSettings, _FILE, {}), lambda: settings.load(CenterSettings, _FILE, {})):
        _refused_or(load)
    _refused_or(lambda: edge_settings.load(_FILE, {}))


def _sound(decoded: senml.Pack) -> None:
    for reading in decoded.readings:
        if not (ABSOLUTE_US <= reading.observed_us < LAST_US and abs(reading.value) <= VALUE_LIMIT):
            raise Unexplained(str(reading))


def _refused_or(work: Callable[[], object]) -> None:
    try:
        work()
    except WardroomError as error:
        for language in ("vi", "en"):
            sentence = error.sentence(language)
            sentence.encode()
            if sentence == error.key or "\n" in sentence or "\0" in sentence:
                raise Unexplained(error.key) from error


DECODERS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "ingest": ingest,
    "pack": pack,
    "event": event,
    "report": report,
    "topic": topic,
    "settings": settings_file,
}
