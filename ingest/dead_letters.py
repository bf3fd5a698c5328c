"""what could not be stored + why → a row of `dead_letter`: the message as it came, the reason's key and its sentence."""

import hashlib
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from wardroom.errors import InvalidMessage
from wardroom.senml import WIRE_LIMIT
from wardroom.topics import Gateway

_TOPIC_LIMIT: Final = 1_000
_DETAIL_LIMIT: Final = 2_000
REPLACEMENT: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One row; the same message with the same reason always has the same digest, so that a repeat is no second row."""

    received_us: int
    topic: str
    reason: str
    detail: str
    payload: bytes
    gateway: Gateway | None
    digest: bytes


class Envelope(Struct, frozen=True, gc=False):
    """A message as it came: all a dead letter keeps of it."""

    topic: str
    payload: bytes
    received_us: int


def letter(envelope: Envelope, reason: str, detail: str, gateway: Gateway | None) -> DeadLetter:
    """Return the row for a message, its texts and payload cut to what is kept."""
    digest = hashlib.sha256(b"\0".join((envelope.topic.encode(errors="replace"), reason.encode(), envelope.payload))).digest()
    return DeadLetter(
        received_us=envelope.received_us,
        topic=storable(envelope.topic)[:_TOPIC_LIMIT],
        reason=reason,
        detail=storable(detail)[:_DETAIL_LIMIT],
        payload=envelope.payload[:WIRE_LIMIT],
        gateway=gateway,
        digest=digest,
    )


def letter_for(envelope: Envelope, error: InvalidMessage, gateway: Gateway | None) -> DeadLetter:
    """Return the row for a message refused with `error`."""
    return letter(envelope, error.key, str(error), gateway)


def storable(text: str) -> str:
    """Return `text` as PostgreSQL can keep it: it has no NUL, and no half of a character."""
    return text.replace("\0", REPLACEMENT).encode(errors="replace").decode()
