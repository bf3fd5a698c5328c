"""The channels of the wire as one table: who sends what to whom, with which quality of service, kept by the broker or not.

`docs/topics.md` and `docs/asyncapi.yaml` are made from it; a test compares it with the rights the broker grants.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wardroom import topics
from wardroom.documents import examples


class Party(StrEnum):
    """Who signs in to the broker."""

    GATEWAY = "gateway"
    INGEST = "ingest"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Channel:
    """One kind of topic; `message` names its type, None where the rights exist before the first message type does."""

    name: str
    address: str
    sender: Party
    readers: tuple[Party, ...]
    qos: int
    retained: bool
    sentence: str
    message: str | None = None
    example: bytes | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the address's parameters."""
        return tuple(part[1:-1] for part in self.address.split("/") if part.startswith("{"))


PLACES: Final = {
    "site": "the place a gateway stands in",
    "gateway": "the gateway, unique in its site",
    "boot": "the gateway's boot id, given when the pack was put into the outbox",
    "seq": "the pack's sequence in that boot, 0 up to 2^53 - 1",
    "name": "the command's name",
    "id": "a reply's or an alert's id",
}

_PLACE: Final = topics.Gateway("SITE", "GATEWAY")
_STORE_AND_SHOW: Final = (Party.INGEST, Party.CENTER)
_PATTERNS: Final = (("SITE", "{site}"), ("GATEWAY", "{gateway}"), ("BOOT", "{boot}"), ("/0", "/{seq}"), ("+", "{name}"))


def _address(topic: str) -> str:
    for sample, place in _PATTERNS:
        topic = topic.replace(sample, place)
    return topic


CHANNELS: Final = (
    Channel(
        name="readings",
        address=_address(_PLACE.pack("readings", "BOOT", 0)),
        sender=Party.GATEWAY,
        readers=_STORE_AND_SHOW,
        qos=1,
        retained=False,
        sentence="A pack of readings (SenML, RFC 8428) from the outbox; a resend is byte-identical.",
        message="SenML",
        example=examples.READINGS,
    ),
    Channel(
        name="events",
        address=_address(_PLACE.pack("events", "BOOT", 0)),
        sender=Party.GATEWAY,
        readers=_STORE_AND_SHOW,
        qos=1,
        retained=False,
        sentence="One event (CloudEvents 1.0, structured JSON) from the outbox; `source` + `id` is its identity.",
        message="Event",
        example=examples.EVENT,
    ),
    Channel(
        name="status",
        address=_address(_PLACE.status),
        sender=Party.GATEWAY,
        readers=_STORE_AND_SHOW,
        qos=1,
        retained=True,
        sentence="The word of a gateway's session: online on every connect, stopped on a clean end, offline as the last will.",
        message="Status",
        example=examples.STATUS,
    ),
    Channel(
        name="birth",
        address=_address(_PLACE.birth),
        sender=Party.GATEWAY,
        readers=_STORE_AND_SHOW,
        qos=1,
        retained=True,
        sentence="Who the gateway is and what it measures, on every connect and after every change of its sensors.",
        message="Birth",
        example=examples.BIRTH,
    ),
    Channel(
        name="health",
        address=_address(_PLACE.health),
        sender=Party.GATEWAY,
        readers=_STORE_AND_SHOW,
        qos=0,
        retained=False,
        sentence="The heartbeat with the gateway's own statistics.",
        message="Health",
        example=examples.HEALTH,
    ),
    Channel(
        name="receipts",
        address=_address(_PLACE.receipts),
        sender=Party.INGEST,
        readers=(Party.GATEWAY,),
        qos=1,
        retained=False,
        sentence="After COMMIT: exactly what the transaction settled; the gateway deletes those packs and no others.",
        message="Receipt",
        example=examples.RECEIPT,
    ),
    Channel(
        name="commands",
        address=_address(_PLACE.commands),
        sender=Party.CENTER,
        readers=(Party.GATEWAY,),
        qos=1,
        retained=False,
        sentence="A command to the gateway.",
    ),
    Channel(
        name="replies",
        address=_address(_PLACE.prefix) + "/replies/{id}",
        sender=Party.GATEWAY,
        readers=(Party.CENTER,),
        qos=1,
        retained=False,
        sentence="The gateway's answer to one command.",
    ),
    Channel(
        name="policy",
        address=_address(_PLACE.policy),
        sender=Party.CENTER,
        readers=(Party.GATEWAY,),
        qos=1,
        retained=True,
        sentence="What the gateway decides by while it is alone.",
    ),
    Channel(
        name="alerts",
        address=f"{topics.ROOT}/{{site}}/{topics.CENTER}/alerts/{{id}}",
        sender=Party.CENTER,
        readers=(Party.CENTER,),
        qos=1,
        retained=True,
        sentence="An alert, kept by the broker while it is active.",
    ),
)
