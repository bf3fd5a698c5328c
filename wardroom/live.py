"""What the center and a screen say to each other over ``/ws``: hello → subscribe → snapshot → deltas with a sequence.

A sequence belongs to one center: its `boot` is in the hello. A delta takes a screen from `since` to `seq`; the first one after a
subscribe with a known `since` holds exactly what was missed: every event, and the latest of each reading. Where that cannot be told
any more a snapshot with its `reason` comes instead. Times are microseconds since 1970 UTC (exact in JavaScript).
"""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

PING_S: Final = 2.0
"""Both sides ping this often; a screen that hears nothing for twice as long says that it lost the connection."""
PATIENCE_S: Final = 10.0
"""The center gives up a screen that takes next to nothing for so long; a screen waits as long for the next piece of its first picture."""
PIECE_BYTES: Final = 16_384
"""A longer message comes in pieces to a screen that asked for it: on the slowest way the center bears, one every two or three seconds."""
TRAIL_MINUTES: Final = 60
EVENTS_SHOWN: Final = 200
"""A screen shows so many of the last events, and besides every sensor fault that still lasts."""


GREETINGS_SHOWN: Final = 20
PASSAGES_SHOWN: Final = 200


class Topic(StrEnum):
    """What a screen may ask for."""

    READINGS = "readings"
    GATEWAYS = "gateways"
    EVENTS = "events"
    GREETINGS = "greetings"
    PASSAGES = "passages"


class LiveSite(Struct, frozen=True):
    """A place with gateways."""

    id: str
    name_vi: str
    name_en: str
    kind: str


class LiveGateway(Struct, frozen=True):
    """A gateway: its session's word (`state`), its heartbeat, its own statistics. Three facts, never mixed.

    `state`: online, stopped, offline, or unknown (never heard of its session). `skew_s`: the gateway's clock minus ours.
    """

    site: str
    id: str
    name_vi: str
    name_en: str
    state: str
    state_since_us: int | None = None
    heartbeat_us: int | None = None
    skew_s: float | None = None
    outbox_packs: int = 0
    outbox_bytes: int = 0
    dropped: int = 0
    quarantined: int = 0
    temperature_c: float | None = None
    disk_free_bytes: int | None = None


class LiveSeries(Struct, frozen=True):
    """One quantity of one sensor. `period_s`: the longest silence that is normal, None where no birth told."""

    id: int
    site: str
    gateway: str
    sensor: str
    sensor_name_vi: str
    sensor_name_en: str
    quantity: str
    unit: str
    period_s: float | None = None


class LiveReading(Struct, frozen=True, gc=False):
    """The latest of one series. `trail`: (minute since 1970, last value in it) of the last hour, where the screen needs it anew.

    `flags` as in `wardroom.flags`. A screen keeps its own trail from consecutive deltas by the same rule: last value of each minute.
    """

    series: int
    time_us: int
    received_us: int
    value: float
    flags: int
    trail: tuple[tuple[int, float], ...] | None = None


class LiveEvent(Struct, frozen=True):
    """One CloudEvent; `data` is its data, flat."""

    seq: int
    site: str
    gateway: str
    id: str
    type: str
    time_us: int
    received_us: int
    offline: bool
    subject: str | None
    data: dict[str, str | int | float | bool | None]


class LiveGreeting(Struct, frozen=True):
    """Somebody came in at a gate: what its welcome screen says of them. `result` as in `wardroom.admission`; `photo`: may be shown."""

    id: str
    gate: str
    occasion: str
    at_us: int
    result: str
    title: str
    name: str
    position: str
    unit: str
    seat: str
    photo: bool = False


class LivePassage(Struct, frozen=True, kw_only=True):
    """Somebody at a gate or a desk, for those who run the check-in; `delegate` and what describes them is None for the unknown.

    `direction`, `method`, `result` as in `wardroom.admission`. `evidence`: the digest of the best shot. `by`: whose hand it was.
    """

    id: str
    occasion: str
    list: str
    gate: str | None = None
    at_us: int
    received_us: int
    direction: str
    method: str
    result: str
    delegate: str | None = None
    person: str | None = None
    title: str = ""
    name: str = ""
    position: str = ""
    unit: str = ""
    delegation: str = ""
    seat: str = ""
    score: float | None = None
    stranger: str | None = None
    evidence: str | None = None
    offline: bool = False
    rehearsal: bool = False
    overridden: bool = False
    by: str | None = None
    reason: str | None = None


class Hello(Struct, frozen=True, tag="hello"):
    """The first word of the center on every connection."""

    boot: str
    seq: int
    server_time_us: int
    ping_s: float
    version: str


class SnapshotReason(StrEnum):
    """Why a snapshot comes: asked for, what was missed cannot be told any more, or what was told is not to be shown any more."""

    FIRST = "first"
    CENTER_RESTARTED = "center_restarted"
    TOO_FAR_BEHIND = "too_far_behind"
    ERASED = "erased"


class Snapshot(Struct, frozen=True, tag="snapshot"):
    """All a screen shows, as of `seq`: it forgets what it had."""

    seq: int
    reason: SnapshotReason
    sites: tuple[LiveSite, ...] = ()
    gateways: tuple[LiveGateway, ...] = ()
    series: tuple[LiveSeries, ...] = ()
    readings: tuple[LiveReading, ...] = ()
    events: tuple[LiveEvent, ...] = ()
    greetings: tuple[LiveGreeting, ...] = ()
    passages: tuple[LivePassage, ...] = ()


class Delta(Struct, frozen=True, tag="delta", omit_defaults=True):
    """What changed between `since` and `seq`: upserts by id, and new events in order."""

    since: int
    seq: int
    sites: tuple[LiveSite, ...] = ()
    gateways: tuple[LiveGateway, ...] = ()
    series: tuple[LiveSeries, ...] = ()
    readings: tuple[LiveReading, ...] = ()
    events: tuple[LiveEvent, ...] = ()
    greetings: tuple[LiveGreeting, ...] = ()
    passages: tuple[LivePassage, ...] = ()


class Pieces(Struct, frozen=True, tag="pieces"):
    """The next `count` messages are pieces of one, in order; joined they are that message."""

    count: int


class Ping(Struct, frozen=True, tag="ping"):
    """From either side; `server_time_us` only from the center, so that a screen's ages do not depend on its own clock."""

    server_time_us: int | None = None


class Pong(Struct, frozen=True, tag="pong"):
    """The answer to a ping."""

    server_time_us: int | None = None


class Refused(Struct, frozen=True, tag="refused"):
    """A message of the screen that was no message; the connection is closed after it."""

    detail: str


class Since(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a screen stood when it lost the connection."""

    boot: Annotated[str, Meta(max_length=64)]
    seq: Annotated[int, Meta(ge=0, lt=2**53)]


class Subscribe(Struct, frozen=True, tag="subscribe", forbid_unknown_fields=True):
    """The first word of a screen: what it wants, and from where on.

    `pieces`: long messages come in pieces, for a screen that sees only whole messages (a browser's) and would take a long one for silence.
    """

    topics: Annotated[frozenset[Topic], Meta(min_length=1)] = frozenset(Topic)
    since: Since | None = None
    pieces: bool = False


FromCenter = Hello | Snapshot | Delta | Pieces | Ping | Pong | Refused
FromScreen = Subscribe | Ping | Pong


class CloseCode:
    """WebSocket close codes of ours (RFC 6455 section 7.4.2: 4000-4999 are private)."""

    SIGNED_OUT: Final = 4401
    BAD_MESSAGE: Final = 4400
    TOO_SLOW: Final = 4408
    SILENT: Final = 4409
    CENTER_STOPS: Final = 1001
