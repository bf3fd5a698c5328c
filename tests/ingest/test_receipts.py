"""Receipts: ranges of sequences per boot and outcome, coalesced, one gateway's never another's."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.receipts import Receipts, ranges
from tests.ingest.factories import GATEWAY, outcomes, until
from wardroom import messages
from wardroom.bus import Outgoing
from wardroom.clock import SystemClock
from wardroom.errors import BrokerGone
from wardroom.messages import Outcome, Receipt
from wardroom.senml import WIRE_LIMIT
from wardroom.topics import Gateway, PackTopic


class Wire:
    """Where receipts are published; `error` breaks it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[Outgoing] = []
        self._error = error

    def publish(self, outgoing: Outgoing) -> "asyncio.Future[None]":
        self.sent.append(outgoing)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._error:
            future.set_exception(self._error)
        else:
            future.set_result(None)
        return future


def place(seq: int, boot: str = "b1", gateway: Gateway = GATEWAY) -> PackTopic:
    return PackTopic(gateway, "readings", boot, seq)


@pytest.mark.parametrize(
    ("sequences", "expected"),
    [
        ([], []),
        ([5], [(5, 5)]),
        ([1, 2, 3], [(1, 3)]),
        ([1, 3, 4, 9], [(1, 1), (3, 4), (9, 9)]),
        ([0, 2**53 - 2, 2**53 - 1], [(0, 0), (2**53 - 2, 2**53 - 1)]),  # both ends of what a sequence may be
    ],
)
def test_sequences_become_unbroken_runs(sequences: list[int], expected: list[tuple[int, int]]) -> None:
    assert list(ranges(sequences)) == expected


@given(st.sets(st.integers(min_value=0, max_value=60)))
def test_ranges_hold_exactly_the_sequences(sequences: set[int]) -> None:
    assert {seq for first, last in ranges(sorted(sequences)) for seq in range(first, last + 1)} == sequences


async def test_a_gateway_gets_one_receipt_with_its_own_outcomes() -> None:
    wire = Wire()
    receipts = Receipts(wire.publish, SystemClock())
    other = Gateway("vp-test", "gw-2")
    for seq in (2, 1, 3, 3):
        receipts.settle(place(seq), Outcome.STORED)
    receipts.settle(place(9), Outcome.DEAD_LETTERED)
    receipts.settle(place(1, "b2"), Outcome.ALREADY)
    receipts.settle(place(1, gateway=other), Outcome.STORED)
    receipts.send()
    assert [sent.topic for sent in wire.sent] == [GATEWAY.receipts, other.receipts]
    assert all(sent.qos == 1 and not sent.retain for sent in wire.sent)
    assert outcomes(wire.sent[:1]) == {
        ("b1", 1): Outcome.STORED,
        ("b1", 2): Outcome.STORED,
        ("b1", 3): Outcome.STORED,
        ("b1", 9): Outcome.DEAD_LETTERED,
        ("b2", 1): Outcome.ALREADY,
    }


async def test_receipts_of_100_ms_travel_together() -> None:
    wire = Wire()
    receipts = Receipts(wire.publish, SystemClock())
    task = asyncio.create_task(receipts.run())
    receipts.settle(place(1), Outcome.STORED)
    await asyncio.sleep(0)
    receipts.settle(place(2), Outcome.STORED)
    assert not wire.sent
    await until(lambda: bool(wire.sent))
    task.cancel()
    assert outcomes(wire.sent) == {("b1", 1): Outcome.STORED, ("b1", 2): Outcome.STORED}
    assert len(wire.sent) == 1


async def test_a_receipt_never_exceeds_the_wire_limit() -> None:
    wire = Wire()
    receipts = Receipts(wire.publish, SystemClock())
    for seq in range(2_500):
        receipts.settle(place(2**53 - 1 - seq * 2, "b" * 64), Outcome.DEAD_LETTERED)
    receipts.send()
    assert len(wire.sent) == 3
    assert max(len(sent.payload) for sent in wire.sent) < WIRE_LIMIT
    assert sum(len(messages.decode(sent.payload, Receipt).settled) for sent in wire.sent) == 2_500


async def test_a_receipt_that_could_not_be_sent_is_forgotten() -> None:
    wire = Wire(BrokerGone("bus.gone"))
    receipts = Receipts(wire.publish, SystemClock())
    receipts.settle(place(1), Outcome.STORED)
    receipts.send()
    receipts.send()
    await asyncio.sleep(0)
    assert len(wire.sent) == 1
