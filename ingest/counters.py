"""What ingest counts, by the names dashboards know."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from ingest.batch import Message
from ingest.decode import Happening, Readings, Rejected, Report
from ingest.merge import Merged
from wardroom import metrics, topics
from wardroom.messages import Health, Outcome
from wardroom.topics import Gateway

_GATEWAYS: Final = 5_000
_OTHER: Final = "other"

MESSAGES: Final = metrics.counter(
    "wardroom_ingest_messages_total", "Messages settled, by gateway, kind and result.", ("gateway", "kind", "result")
)
READINGS: Final = metrics.counter("wardroom_ingest_readings_total", "Readings stored.")
DUPLICATES: Final = metrics.counter("wardroom_ingest_duplicates_total", "Readings that were there already.")
DEAD_LETTERS: Final = metrics.counter("wardroom_ingest_dead_letters_total", "Messages kept in dead_letter, by reason.", ("reason",))
LATE: Final = metrics.histogram(
    "wardroom_ingest_late_seconds",
    "Per pack: received minus its newest observation.",
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 3_600, 86_400),
)
BATCH: Final = metrics.histogram(
    "wardroom_ingest_batch_seconds", "Time of one transaction.", buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)
)
QUEUE: Final = metrics.gauge("wardroom_ingest_queue_messages", "Messages read and not yet stored.")
RETRIES: Final = metrics.counter("wardroom_ingest_retries_total", "Transactions tried again because the database could not be used.")
CAREFUL: Final = metrics.counter(
    "wardroom_ingest_careful_total", "Transactions done again the careful way, because a reading of a new pack was there already."
)
HEARTBEATS_DROPPED: Final = metrics.counter("wardroom_ingest_heartbeats_dropped_total", "Heartbeats not read because the queue was full.")
SHED: Final = metrics.counter(
    "wardroom_ingest_shed_total", "Packs of a flood that were acknowledged but left to their gateway's outbox, by gateway.", ("gateway",)
)
GAPS: Final = metrics.gauge("wardroom_sequence_missing_packs", "Packs missing between the first and the last of each boot.", ("gateway",))
ROLLUP_LAG: Final = metrics.gauge(
    "wardroom_rollup_lag_seconds", "Now minus the end of what is in the hourly rollups; up to about an hour is as it should be."
)
ROLLUP_MISMATCHED: Final = metrics.gauge(
    "wardroom_rollup_mismatched_buckets", "Hours and days that differed from their readings when last compared; each is computed anew."
)
RECONCILED: Final = metrics.gauge("wardroom_rollup_reconciled_timestamp_seconds", "When rollups were last compared with their readings.")
DELETED: Final = metrics.counter(
    "wardroom_retention_deleted_total", "What was deleted because it was old, by kind: rows, or weeks.", ("kind",)
)
SKEW: Final = metrics.gauge("wardroom_gateway_clock_skew_seconds", "A gateway's clock minus ours, by its heartbeat.", ("gateway",))
SEEN: Final = metrics.gauge("wardroom_gateway_last_seen_timestamp_seconds", "When a gateway was last heard of.", ("gateway",))

_labels: dict[Gateway, str] = {}
_Messages = Counter[tuple[Gateway | None, str, str]]
"""By gateway, kind and result."""


def label(gateway: Gateway | None) -> str:
    """Return a gateway's label; beyond 5,000 gateways the rest share one."""
    if gateway is None:
        return _OTHER
    found = _labels.get(gateway)
    if found is None:
        if len(_labels) >= _GATEWAYS:
            return _OTHER
        found = _labels[gateway] = f"{gateway.site}.{gateway.gateway}"
    return found


def shed(topic: str) -> None:
    """Count a pack that was turned away."""
    SHED.labels(label(topics.parse(topic).gateway)).inc()


def settled(batch: Sequence[Message], merged: Merged) -> None:
    """Count a transaction that committed; each gauge and counter once, however many messages speak of it."""
    READINGS.inc(merged.inserted)
    DUPLICATES.inc(merged.duplicates)
    CAREFUL.inc(merged.careful)
    for letter in merged.dead_letters:
        DEAD_LETTERS.labels(letter.reason).inc()
    messages: _Messages = Counter((pack.gateway, pack.kind, outcome.value) for pack, outcome in merged.outcomes)
    seen: dict[Gateway, int] = {}
    for message in batch:
        _see(message, messages, seen)
    for (gateway, kind, result), count in messages.items():
        MESSAGES.labels(label(gateway), kind, result).inc(count)
    for gateway, received_us in seen.items():
        SEEN.labels(label(gateway)).set(received_us / 1_000_000)


def _see(message: Message, messages: _Messages, seen: dict[Gateway, int]) -> None:
    """Note what one message says of its gateway."""
    received_us = message.envelope.received_us
    match message.decoded:
        case Readings(topic, pack):
            LATE.observe(max(0.0, (received_us - max(pack.observed_us)) / 1_000_000))
            seen[topic.gateway] = received_us
        case Happening(topic, _):
            seen[topic.gateway] = received_us
        case Report(gateway, report):
            messages[gateway, type(report).__name__.lower(), Outcome.STORED.value] += 1
            if isinstance(report, Health):
                SKEW.labels(label(gateway)).set(report.at.timestamp() - received_us / 1_000_000)
            seen[gateway] = received_us
        case Rejected(_, _, gateway, None):
            messages[gateway, "unknown", Outcome.DEAD_LETTERED.value] += 1
        case Rejected(_, _, gateway, _) if gateway is not None:
            seen[gateway] = received_us
        case _:
            pass
