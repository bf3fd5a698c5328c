"""topic ↔ its parts: the only module that builds or parses an MQTT topic.

The tree (architecture, "The wire"): ``ward/{site}/{gateway}/{channel}[/…]``.
Ids are ``[A-Za-z0-9_-]{1,64}``; ``center`` is reserved and no gateway's name.
"""

import re
from functools import lru_cache
from typing import Final

from msgspec import Struct

from wardroom.errors import InvalidTopic

ROOT: Final = "ward"
CENTER: Final = "center"
ID: Final = r"[A-Za-z0-9_-]{1,64}"
SEQUENCE_LIMIT: Final = 2**53
"""Sequences stay exact in JSON and in JavaScript."""

_ID = re.compile(ID)
_OUTBOX = re.compile(rf"{ROOT}/({ID})/({ID})/(readings|events)/({ID})")
_DIGITS: Final = 16
_GATEWAY = re.compile(rf"{ROOT}/({ID})/({ID})/(status|birth|health|receipts)")
_CACHE: Final = 4096


class Gateway(Struct, frozen=True, cache_hash=True, gc=False):
    """A gateway's place in the tree; every topic of the gateway is made here."""

    site: str
    gateway: str

    def __post_init__(self) -> None:
        """Refuse ids the tree cannot carry."""
        for field, value in (("site", self.site), ("gateway", self.gateway)):
            if not _ID.fullmatch(value):
                raise InvalidTopic("wire.bad_id", field=field, value=value)
        if self.gateway == CENTER:
            raise InvalidTopic("wire.reserved_id", field="gateway", value=self.gateway)

    @property
    def prefix(self) -> str:
        """``ward/{site}/{gateway}``: all a gateway may publish under."""
        return f"{ROOT}/{self.site}/{self.gateway}"

    @property
    def status(self) -> str:
        """Retained: online, stopped, or offline (the last will)."""
        return f"{self.prefix}/status"

    @property
    def birth(self) -> str:
        """Retained: who the gateway is and what it measures."""
        return f"{self.prefix}/birth"

    @property
    def health(self) -> str:
        """QoS 0: the heartbeat with the gateway's own statistics."""
        return f"{self.prefix}/health"

    @property
    def receipts(self) -> str:
        """To the gateway, QoS 1: what ingest has settled."""
        return f"{self.prefix}/receipts"

    @property
    def commands(self) -> str:
        """The filter of every command to the gateway."""
        return f"{self.prefix}/commands/+"

    @property
    def policy(self) -> str:
        """Retained, from the center: what the gateway decides by while it is alone."""
        return f"{ROOT}/{self.site}/{CENTER}/policy/{self.gateway}"

    def pack(self, kind: str, boot: str, seq: int) -> str:
        """Return the topic of one pack from the outbox; `kind` is ``readings`` or ``events``."""
        return f"{self.prefix}/{kind}/{boot}/{seq}"


class PackTopic(Struct, frozen=True, gc=False):
    """A parsed ``…/readings/{boot}/{seq}`` or ``…/events/{boot}/{seq}``."""

    gateway: Gateway
    kind: str
    boot: str
    seq: int


class GatewayTopic(Struct, frozen=True, gc=False):
    """A parsed ``…/status``, ``…/birth``, ``…/health`` or ``…/receipts``."""

    gateway: Gateway
    channel: str


@lru_cache(maxsize=_CACHE)
def gateway(site: str, name: str) -> Gateway:
    """Return the gateway's place; the same object for the same ids, up to the cache's bound."""
    return Gateway(site, name)


def parse(topic: str) -> PackTopic | GatewayTopic:
    """Return the parts of a topic a gateway publishes.

    Raises InvalidTopic for anything outside the tree.
    """
    outbox, _, seq = topic.rpartition("/")
    if seq.isdigit() and seq.isascii() and (seq[0] != "0" or seq == "0") and len(seq) <= _DIGITS and (found := _outbox(outbox)):
        number = int(seq)
        if number >= SEQUENCE_LIMIT:
            raise InvalidTopic("wire.bad_sequence", value=seq)
        return PackTopic(*found, number)
    if match := _GATEWAY.fullmatch(topic):
        site, name, channel = match.groups()
        return GatewayTopic(gateway(site, name), channel)
    raise InvalidTopic("wire.bad_topic", value=topic[:200])


@lru_cache(maxsize=_CACHE)
def _outbox(topic: str) -> tuple[Gateway, str, str] | None:
    """Return the gateway, the kind and the boot that all packs of one outbox have in their topics."""
    match = _OUTBOX.fullmatch(topic)
    if match is None:
        return None
    site, name, kind, boot = match.groups()
    return gateway(site, name), kind, boot


PACKS: Final = (f"{ROOT}/+/+/readings/+/+", f"{ROOT}/+/+/events/+/+")
"""Filters of every pack: what ingest stores and the center shows."""
STATES: Final = (f"{ROOT}/+/+/status", f"{ROOT}/+/+/birth", f"{ROOT}/+/+/health")
"""Filters of what gateways say about themselves."""


def shared(group: str, topic_filter: str) -> str:
    """Return the shared subscription of `topic_filter` for `group` (MQTT 5 section 4.8.2; Mosquitto serves it to 3.1.1 clients too)."""
    return f"$share/{group}/{topic_filter}"
