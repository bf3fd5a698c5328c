"""Subscriptions and back-pressure, without a broker."""

import msgspec
import pytest

from ingest.batch import Batches
from ingest.settings import Ingest, Settings
from ingest.subscriber import Subscriber, subscriptions
from tests.ingest.factories import GATEWAY, NOW_US, health, incoming, pack, reading
from wardroom.clock import SystemClock
from wardroom.settings import Broker, Database, Listen, Secret


def subscriber(queue_messages: int = 10) -> tuple[Subscriber, Batches]:
    secret = Secret("unused")
    chosen = Settings(
        broker=Broker(username="ingest", password=secret),
        database=Database(user="ingest", password=secret),
        listen=Listen(port=5000),
        ingest=Ingest(queue_messages=queue_messages),
    )
    clock = SystemClock()
    batches = Batches(chosen.ingest.limits(), clock)
    return Subscriber(chosen, batches, clock), batches


def test_a_lone_ingest_subscribes_plainly() -> None:
    assert dict(subscriptions(None)) == {
        "ward/+/+/readings/+/+": 1,
        "ward/+/+/events/+/+": 1,
        "ward/+/+/status": 1,
        "ward/+/+/birth": 1,
        "ward/+/+/health": 0,
    }


def test_members_share_packs_and_heartbeats_and_all_take_what_is_retained() -> None:
    assert [topic for topic, _ in subscriptions("north")] == [
        "$share/north/ward/+/+/readings/+/+",
        "$share/north/ward/+/+/events/+/+",
        "ward/+/+/status",
        "ward/+/+/birth",
        "$share/north/ward/+/+/health",
    ]


async def test_a_message_is_stamped_with_the_time_it_came() -> None:
    receiver, batches = subscriber()
    before = SystemClock().now_us()
    receiver._take(pack().incoming)
    (message,) = await batches.take()
    assert before <= message.envelope.received_us <= SystemClock().now_us()


async def test_while_the_queue_is_full_heartbeats_are_dropped_and_packs_are_not() -> None:
    receiver, batches = subscriber()
    for seq in range(10):
        receiver._take(pack(reading(at_us=NOW_US + seq), seq=seq).incoming)
    receiver._take(incoming(GATEWAY.health, health().envelope.payload, qos=0))
    assert batches.held == 10
    assert not receiver._paused  # a broker whose window is the bound sends no more by itself
    receiver._take(pack(seq=10).incoming)
    assert batches.held == 11
    assert receiver._paused
    taken = await batches.take()
    batches.confirm(taken)
    receiver.acknowledge([message.incoming for message in taken])
    assert not receiver._paused


def test_a_group_is_an_id() -> None:
    for name in ("a b", "a\n", "", "$share", "a/b"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"sharing": name}, Ingest)
