"""MQTT → bounded queue: stamps what comes with the time it came, stops reading when the queue is full, and sheds one gateway's flood.

Decoding happens here too, on arrival, while the writer waits for the database.

A lone ingest has a persistent session, so that the broker keeps what comes while it is away. Members of a sharing group have clean ones: a
dead member's session would keep its share; receipts protect what was on its way. Packs and heartbeats go to one member each; status and
birth are retained, which a shared subscription does not deliver, so every member takes them: writing them again changes nothing.
"""

import secrets
from collections.abc import Sequence
from typing import Final

import structlog

from ingest import counters
from ingest.batch import Batches, Message
from ingest.dead_letters import Envelope
from ingest.decode import decode
from ingest.settings import Settings
from wardroom import topics
from wardroom.bus import Incoming, Session
from wardroom.clock import Clock

CLIENT_ID: Final = "wardroom-ingest"
_QOS: Final = {topics.PACKS[0]: 1, topics.PACKS[1]: 1, topics.STATES[0]: 1, topics.STATES[1]: 1, topics.STATES[2]: 0}
_RETAINED: Final = topics.STATES[:2]
_SAY_EVERY_S: Final = 60.0

_log = structlog.get_logger()


class Subscriber:
    """The MQTT session of ingest and the back-pressure on it.

    While the queue is full heartbeats are dropped; what `ingest.shedding` turns away comes again; nothing else is left out.
    """

    def __init__(self, settings: Settings, batches: Batches, clock: Clock) -> None:
        group = settings.ingest.sharing
        self._batches = batches
        self._clock = clock
        self._paused = False
        self._said = float("-inf")
        self.session = Session(
            broker=settings.broker,
            client_id=CLIENT_ID if group is None else f"{CLIENT_ID}-{group}-{secrets.token_hex(6)}",
            on_message=self._take,
            subscriptions=subscriptions(group),
            clean=group is not None,
        )

    def acknowledge(self, settled: Sequence[Incoming]) -> None:
        """Acknowledge what is stored, and go on reading once there is room."""
        for incoming in settled:
            self.session.acknowledge(incoming)
        if self._paused and self._batches.readable:
            self._paused = False
            self.session.resume()

    def _take(self, incoming: Incoming) -> None:
        received_us = self._clock.now_us()
        if self._batches.shed(incoming.topic):
            counters.shed(incoming.topic)
            self.session.acknowledge(incoming)
            return
        message = Message(Envelope(incoming.topic, incoming.payload, received_us), decode(incoming.topic, incoming.payload), incoming)
        if incoming.qos == 0 and self._batches.full:
            counters.HEARTBEATS_DROPPED.inc()
            self._batches.overheard(message)
            return
        self._batches.put(message)
        if self._batches.overfull and not self._paused:
            self._paused = True
            self.session.pause()
            self._say()

    def _say(self) -> None:
        """Say that the queue is full; while a backlog comes it is so many times a second."""
        now = self._clock.monotonic()
        if now - self._said >= _SAY_EVERY_S:
            self._said = now
            _log.warning("queue full: reading goes on as the database takes more", waiting=self._batches.held)


def subscriptions(group: str | None) -> tuple[tuple[str, int], ...]:
    """Return what to subscribe to, each with its quality of service, alone or as a member of `group`."""
    return tuple((each if group is None or each in _RETAINED else topics.shared(group, each), qos) for each, qos in _QOS.items())
