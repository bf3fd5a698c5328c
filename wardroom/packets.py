"""What travels over a session: a message as it came, a message to publish."""

from msgspec import Struct


class Incoming(Struct, frozen=True, gc=False):
    """A message as it came; its acknowledgement needs the packet's id and its connection's number."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    duplicate: bool
    mid: int = 0
    generation: int = 0


class Outgoing(Struct, frozen=True, gc=False):
    """A message to publish."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
