"""live MQTT → typed event: what gateways publish, decoded and taken into the hub in the broker's own callback, so that nothing waits.

A clean session on every pack and state topic: what passes while we are away is mended from the database (`center.mending`). A repeat is
dropped by (gateway, boot, seq) among the last `RECENT` packs, and by the time of its series' latest. A bad message is counted, not raised.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from typing import Final

import msgspec
import structlog

from center import presence
from center.directory import PATIENCE_S, Directory, Waiting
from center.hub import Hub
from wardroom import flags, messages, senml, topics
from wardroom.bus import Incoming
from wardroom.clock import Clock
from wardroom.errors import InvalidMessage
from wardroom.live import LiveEvent, LiveGateway, LiveReading, LiveSite
from wardroom.messages import AnyEvent
from wardroom.metrics import counter
from wardroom.topics import Gateway, GatewayTopic, PackTopic

SUBSCRIPTIONS: Final = tuple((topic, 1) for topic in (*topics.PACKS, *topics.STATES))
RECENT: Final = 65_536

MESSAGES: Final = counter("wardroom_feed_messages_total", "Live messages by kind and what became of them.", ("kind", "result"))
READINGS: Final = counter("wardroom_feed_readings_total", "Live readings by what became of them.", ("result",))

OnEvent = Callable[[AnyEvent, Gateway, int], None]
"""Takes each event, whose it is and when it was received; never waits, never raises."""

_messages: Final = cache(MESSAGES.labels)
_readings: Final = cache(READINGS.labels)
"""Finding a counter by its labels costs more than counting; there are few of them."""
_log = structlog.get_logger()


class Feed:
    """Takes live messages into the hub; called by the MQTT session, synchronously."""

    def __init__(
        self, *, hub: Hub, directory: Directory, clock: Clock, recent: int = RECENT, on_event: OnEvent = lambda *_event: None
    ) -> None:
        self._hub = hub
        self._directory = directory
        self._clock = clock
        self._bound = recent
        self._on_event = on_event
        self._recent: OrderedDict[tuple[str, str, str, int], None] = OrderedDict()
        self._takers: dict[str, Callable[[GatewayTopic, bytes], None]] = {
            "status": self._status,
            "birth": self._birth,
            "health": self._health,
        }

    def take(self, incoming: Incoming) -> None:
        """Take one message; whatever it is, it never raises."""
        kind = "unknown"
        try:
            topic = topics.parse(incoming.topic)
            kind = topic.kind if isinstance(topic, PackTopic) else topic.channel
            result = self._pack(topic, incoming.payload) if isinstance(topic, PackTopic) else self._state(topic, incoming.payload)
        except InvalidMessage as error:
            result = "refused"
            _log.debug("live message refused", topic=incoming.topic[:200], reason=error.key)
        _messages(kind, result).inc()

    def _pack(self, topic: PackTopic, payload: bytes) -> str:
        identity = (topic.gateway.site, topic.gateway.gateway, topic.boot, topic.seq)
        if identity in self._recent:
            return "repeat"
        now_us = self._clock.now_us()
        if topic.kind == "readings":
            self._readings(topic, senml.decode(payload).readings, now_us)
        else:
            event = messages.decode_event(payload, topic.gateway)
            self._on_event(event, topic.gateway, now_us)
            self._hub.happen(_event(topic, event, now_us))
        self._recent[identity] = None
        if len(self._recent) > self._bound:
            self._recent.popitem(last=False)
        return "taken"

    def _state(self, topic: GatewayTopic, payload: bytes) -> str:
        taker = self._takers.get(topic.channel)
        if taker is None:
            return "ignored"
        taker(topic, payload)
        return "taken"

    def _readings(self, topic: PackTopic, readings: tuple[senml.Reading, ...], now_us: int) -> None:
        site, gateway = topic.gateway.site, topic.gateway.gateway
        known: list[LiveReading] = []
        for reading in readings:
            name = (site, gateway, reading.sensor, reading.quantity)
            series = self._directory.find(name)
            flag = int(flags.flags(reading.observed_us, now_us))
            live = LiveReading(series.id if series else 0, reading.observed_us, now_us, reading.value, flag)
            if series is None:
                kept = self._directory.wait(name, Waiting(reading.unit, live, self._until()))
                _readings("waiting" if kept else "no_room").inc()
            elif series.unit != reading.unit:
                _readings("unit").inc()
            else:
                known.append(live)
        taken = self._hub.read(known)
        _readings("taken").inc(taken)
        _readings("late").inc(len(known) - taken)

    def _status(self, topic: GatewayTopic, payload: bytes) -> None:
        status = messages.decode(payload, messages.Status)
        self._hub.place(self._site(topic), [presence.with_status(self._known(topic), status, self._clock.now_us())])

    def _birth(self, topic: GatewayTopic, payload: bytes) -> None:
        birth = messages.decode(payload, messages.Birth)
        self._hub.place([presence.site_of(topic.gateway, birth)], [presence.with_birth(self._known(topic), birth)])
        self._hub.describe(self._directory.describe(topic.gateway, birth.sensors))
        for sensor in birth.sensors:
            for quantity in sensor.quantities:
                name = (topic.gateway.site, topic.gateway.gateway, sensor.id, quantity.id)
                if self._directory.find(name) is None:
                    self._directory.wait(name, Waiting(quantity.unit, None, self._until()))

    def _health(self, topic: GatewayTopic, payload: bytes) -> None:
        health = messages.decode(payload, messages.Health)
        self._hub.place(self._site(topic), [presence.with_health(self._known(topic), health, self._clock.now_us())])

    def _until(self) -> float:
        return self._clock.monotonic() + PATIENCE_S

    def _known(self, topic: GatewayTopic) -> LiveGateway:
        return self._hub.gateway(topic.gateway.site, topic.gateway.gateway) or presence.unheard(topic.gateway)

    def _site(self, topic: GatewayTopic) -> list[LiveSite]:
        return [self._hub.site(topic.gateway.site) or presence.unnamed(topic.gateway.site)]


def _event(topic: PackTopic, event: AnyEvent, now_us: int) -> LiveEvent:
    return LiveEvent(
        seq=0,
        site=topic.gateway.site,
        gateway=topic.gateway.gateway,
        id=event.id,
        type=str(type(event).__struct_config__.tag),
        time_us=presence.micros(event.time),
        received_us=now_us,
        offline=event.offline,
        subject=event.subject,
        data=msgspec.to_builtins(event.data),
    )
