"""What the tables must hold, kept in dictionaries, one reading after another: the slow and simple answer to what ingest does fast."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.batch import Message
from ingest.decode import Readings
from wardroom.flags import flags
from wardroom.messages import Outcome
from wardroom.topics import PackTopic

Key = tuple[str, str, int]
"""Gateway, name, observed time (microseconds since 1970 UTC)."""


@dataclass
class Ledger:
    """Packs of readings, batch by batch."""

    units: dict[tuple[str, str], str] = field(default_factory=dict)
    readings: dict[Key, tuple[float, int, int]] = field(default_factory=dict)
    latest: dict[tuple[str, str], tuple[int, int, float, int, int]] = field(default_factory=dict)
    deliveries: dict[tuple[str, str, int], tuple[int, int, str]] = field(default_factory=dict)
    letters: set[tuple[str, str, bytes]] = field(default_factory=set)

    def store(self, batch: Sequence[Message]) -> list[tuple[PackTopic, Outcome]]:
        """Note one batch and return what its receipts say."""
        fresh: set[Key] = set()
        for message in batch:
            for place, name, unit, *_ in _readings(message):
                self.units.setdefault((place, name), unit)
        for message in batch:
            for place, name, unit, value, time in _readings(message):
                if self.units[place, name] == unit and (place, name, time) not in self.readings:
                    received = message.envelope.received_us
                    self.readings[place, name, time] = value, int(flags(time, received)), received
                    fresh.add((place, name, time))
        self._advance(fresh)
        before = set(self.deliveries)
        return [self._deliver(message, before) for message in batch]

    def _advance(self, fresh: set[Key]) -> None:
        for place, name, time in fresh:
            value, flag, received = self.readings[place, name, time]
            candidate = min(time, received), time, value, flag, received
            if candidate[:2] > self.latest.get((place, name), (0, 0))[:2]:
                self.latest[place, name] = candidate

    def _deliver(self, message: Message, before: set[tuple[str, str, int]]) -> tuple[PackTopic, Outcome]:
        assert isinstance(message.decoded, Readings)
        topic = message.decoded.topic
        reasons = {
            reason for place, name, unit, value, time in _readings(message) if (reason := self._wrong(place, name, unit, value, time))
        }
        self.letters |= {(message.envelope.topic, reason, message.envelope.payload) for reason in reasons}
        key = topic.gateway.gateway, topic.boot, topic.seq
        outcome = Outcome.DEAD_LETTERED if reasons else Outcome.ALREADY if key in before else Outcome.STORED
        count = len(message.decoded.pack.names)
        self.deliveries.setdefault(key, (message.envelope.received_us, count, "dead_lettered" if reasons else "stored"))
        return topic, outcome

    def _wrong(self, place: str, name: str, unit: str, value: float, time: int) -> str | None:
        if self.units[place, name] != unit:
            return "ingest.changed_unit"
        return "ingest.conflict" if self.readings[place, name, time][0] != value else None


def _readings(message: Message) -> list[tuple[str, str, str, float, int]]:
    assert isinstance(message.decoded, Readings)
    pack, place = message.decoded.pack, message.decoded.topic.gateway.gateway
    return [(place, *rest) for rest in zip(pack.names, pack.units, pack.values, pack.observed_us, strict=True)]
