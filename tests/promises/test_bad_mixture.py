"""A bad message hurts nobody, end to end: one message in twenty is bad, through a real broker and a real ingest.

Every good one is stored; every bad one is in `dead_letter` exactly once with its reason, also where it comes twice; everything with a place
for a receipt is receipted; ingest never restarts and never logs a bug.
"""

import asyncio
import secrets
from dataclasses import dataclass, field
from random import Random

import pytest

from ingest.decode import Rejected, decode
from tests.ingest.factories import reading, settings, until
from tests.ingest.process import Process
from tests.ingest.wire import GatewayWire
from tests.promises import hostile
from tests.promises.scale import FULL, SEED, note
from tests.promises.store import everywhere, query
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from wardroom import senml
from wardroom.clock import SystemClock
from wardroom.messages import Outcome
from wardroom.senml import WIRE_LIMIT
from wardroom.topics import Gateway

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 120)]

MESSAGES = 100_000 if FULL else 2_000
AT_ONCE = 100


@dataclass
class Sent:
    """What was sent: good packs by sequence, bad ones by topic and payload with the reason they are refused for."""

    values: list[float] = field(default_factory=list)
    bad: dict[tuple[str, bytes], str] = field(default_factory=dict)
    outcomes: dict[tuple[str, int], Outcome] = field(default_factory=dict)


def bad(random: Random, gateway: Gateway, seq: int) -> tuple[str, bytes, str]:
    """Return a message under the gateway's own prefix that is none: topic, payload, reason."""
    while True:
        _, payload = hostile.message(random)
        kind = random.choice(("readings", "readings", "events"))
        topic = random.choice(
            (gateway.pack(kind, "b1", seq), gateway.pack(kind, "b1", seq), gateway.birth, f"{gateway.prefix}/readings/b1/x")
        )
        decoded = decode(topic, payload)
        if isinstance(decoded, Rejected) and len(payload) < WIRE_LIMIT:
            return topic, payload, decoded.reason


def mixture(random: Random, gateway: Gateway, now_us: int) -> tuple[list[tuple[str, bytes]], Sent]:
    """Return what to send in order, and what must come of it."""
    sent, messages = Sent(), []
    for seq in range(MESSAGES):
        if random.random() < 0.95:
            messages.append((gateway.pack("readings", "b1", seq), senml.encode([reading(float(seq), now_us + seq)], now_us)))
            sent.values.append(float(seq))
            sent.outcomes["b1", seq] = Outcome.STORED
            continue
        topic, payload, reason = bad(random, gateway, seq)
        if (topic, payload) in sent.bad:
            continue
        messages += [(topic, payload)] * random.choice((1, 1, 2))
        sent.bad[topic, payload] = reason
        if topic in {gateway.pack("readings", "b1", seq), gateway.pack("events", "b1", seq)}:
            sent.outcomes["b1", seq] = Outcome.DEAD_LETTERED
    return messages, sent


async def test_one_bad_message_in_twenty_hurts_nobody(spine: TestDatabase, broker: TestBroker) -> None:
    gateway = Gateway(f"site-{secrets.token_hex(4)}", "gw-1")
    own = f"WHERE topic LIKE 'ward/{gateway.site}/%'"  # another test's messages may have waited at the broker
    messages, sent = mixture(Random(SEED), gateway, SystemClock().now_us())
    async with Process(settings(spine, broker=broker.broker("ingest"))) as ingest, GatewayWire(broker, gateway) as wire:
        await ingest.connected()
        for first in range(0, len(messages), AT_ONCE):
            await asyncio.gather(*(wire.raw(topic, payload) for topic, payload in messages[first : first + AT_ONCE]))
        await until(lambda: wire.settled.keys() == sent.outcomes.keys(), 300)
        assert wire.settled == sent.outcomes
        await until(lambda: query(spine, f"SELECT count(*) FROM dead_letter {own}") == [(len(sent.bad),)])
        log = ingest.errors()
    kept = query(spine, f"SELECT topic, payload, reason FROM dead_letter {own}")
    assert {(topic, payload): reason for topic, payload, reason in kept} == sent.bad
    readings = f"SELECT value FROM {everywhere(spine)} JOIN series s ON s.id = series_id WHERE s.site = '{gateway.site}' ORDER BY time"
    assert [value for (value,) in query(spine, readings)] == sent.values
    assert log.count("broker connected") == 1
    assert "Traceback" not in log
    note("bad mixture", database=spine.kind, messages=len(messages), bad=len(sent.bad), reasons=len(set(sent.bad.values())))
