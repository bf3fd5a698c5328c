"""What travels over a session: a message as it came, a message to publish."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it came; its acknowledgement needs the packet's id and its connection's number."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    duplicate: bool
    mid: int = 0
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
