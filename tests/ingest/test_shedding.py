"""When a gateway's newest pack is turned away: never alone, never twice, never without an outbox, never for a stall of the database."""

import pytest

from ingest import shedding
from ingest.batch import Batches, Limits
from ingest.shedding import Behaviour, Crowd
from tests.edge.factories import SetClock
from tests.ingest.factories import event, fault, health, message, pack, reading
from wardroom.topics import Gateway

FLOOD = Gateway("vp-test", "flood")
QUEUE = 80
PATIENCE_S = 0.5


class Queue:
    """A queue with a clock of its own, past the grace of its start."""

    def __init__(self, *, keeps: bool = True, others: int = 3) -> None:
        self.clock = SetClock()
        self.batches = Batches(Limits(10, 2**20, QUEUE, 2**24, 0.0, PATIENCE_S), self.clock)
        self.seq = 0
        self.others = [Gateway("vp-test", f"gw-{number}") for number in range(others)]
        self.live()
        if keeps:
            self.batches.put(message(FLOOD.health, health().envelope.payload))

    async def crowded(self) -> "Queue":
        """Flood it while the database keeps taking, for longer than the patience."""
        self.clock.seconds = 60 * PATIENCE_S
        for _ in range(10):
            self.live()
            self.fill(QUEUE * 3 // 4)
            self.batches.confirm(await self.batches.take())
            self.fill(QUEUE * 3 // 4)
            self.clock.seconds += 0.1
        return self

    def live(self) -> None:
        """Have the others send something."""
        for gateway in self.others:
            self.batches.put(pack(gateway=gateway))

    def fill(self, upto: int) -> None:
        while self.batches.held < upto:
            self.batches.put(pack(gateway=FLOOD, seq=self.seq))
            self.seq += 1

    def shed(self, seq: int | None = None, *, gateway: Gateway = FLOOD, kind: str = "readings") -> bool:
        return self.batches.shed(gateway.pack(kind, "b1", self.seq if seq is None else seq))


async def test_the_newest_pack_of_a_flood_is_turned_away() -> None:
    assert (await Queue().crowded()).shed()


async def test_no_pack_is_turned_away_twice() -> None:
    queue = await Queue().crowded()
    assert queue.shed()
    assert not queue.shed()  # it came again
    assert not queue.shed(0)  # so did one that was stored without a receipt's reaching the gateway
    assert queue.shed(queue.seq + 1)


async def test_the_others_are_taken() -> None:
    queue = await Queue().crowded()
    assert not queue.shed(7, gateway=Gateway("vp-test", "gw-0"))
    assert not queue.shed(0, gateway=Gateway("vp-test", "never-heard-of"))


async def test_who_told_of_no_outbox_is_never_turned_away() -> None:
    assert not (await Queue(keeps=False).crowded()).shed()


async def test_a_heartbeat_that_is_not_put_still_tells_of_an_outbox() -> None:
    queue = await Queue(keeps=False).crowded()
    queue.batches.overheard(message(FLOOD.health, health().envelope.payload))
    assert queue.shed()


@pytest.mark.parametrize("topic", [FLOOD.pack("events", "b1", 10_000), FLOOD.status, FLOOD.birth, "nonsense", ""])
async def test_only_readings_are_turned_away(topic: str) -> None:
    assert not (await Queue().crowded()).batches.shed(topic)


async def test_a_gateway_alone_is_never_turned_away() -> None:
    assert not (await Queue(others=0).crowded()).shed()


async def test_while_there_is_room_nothing_is_turned_away() -> None:
    queue = await Queue().crowded()
    while not queue.batches.roomy:
        queue.batches.confirm(await queue.batches.take())
    assert not queue.shed()


async def test_a_stall_is_seen_too_where_the_next_batch_was_taken_before_it_began() -> None:
    queue = await Queue().crowded()
    first, second = await queue.batches.take(), await queue.batches.take()
    queue.batches.confirm(first)
    queue.clock.seconds += 2.1
    queue.fill(QUEUE)
    assert not queue.shed()
    queue.batches.confirm(second)
    queue.fill(QUEUE)
    assert not queue.shed()


async def test_a_stall_of_the_database_is_nobodys_flood() -> None:
    queue = await Queue().crowded()
    stalled = await queue.batches.take()
    queue.clock.seconds += 10.0
    assert not queue.shed()
    queue.batches.confirm(stalled)
    queue.fill(QUEUE * 3 // 4)
    queue.clock.seconds += 9.9  # what the stall left has as long again
    assert not queue.shed()
    queue.clock.seconds += 0.1 + PATIENCE_S
    assert queue.shed()


async def test_what_waited_for_the_start_has_its_time() -> None:
    queue = Queue()
    queue.fill(QUEUE * 3 // 4)
    queue.clock.seconds = 60 * PATIENCE_S
    assert not queue.shed()
    queue.clock.seconds += PATIENCE_S
    assert queue.shed()


def test_a_queue_that_empties_is_not_crowded() -> None:
    crowd = Crowd(PATIENCE_S, -100.0)
    assert crowd.lasts(0.0)
    crowd.easy(0.0)
    assert not crowd.lasts(PATIENCE_S / 2)
    assert crowd.lasts(PATIENCE_S)


def test_equal_shares_are_never_unfair_and_a_small_one_neither() -> None:
    assert not shedding.is_unfair(10.0, 100.0, 10, 100.0)
    assert not shedding.is_unfair(12.0, 12.0, 10, 100.0)
    assert shedding.is_unfair(76.0, 100.0, 2, 100.0)
    assert not shedding.is_unfair(100.0, 100.0, 1, 100.0)


def test_only_so_many_boots_are_remembered() -> None:
    behaviour = Behaviour()
    for boot in range(9):
        behaviour.sent(f"b{boot}", 5)
    assert behaviour.is_new("b0", 5)
    assert not behaviour.is_new("b8", 5)
    behaviour.sent("b8", 3)
    assert not behaviour.is_new("b8", 4)


async def test_an_event_counts_as_a_pack_that_came() -> None:
    queue = await Queue().crowded()
    queue.batches.put(event(fault(gateway=FLOOD), seq=50_000, gateway=FLOOD))
    assert not queue.shed(50_000)
    queue.batches.put(pack(reading(), gateway=FLOOD, seq=1))
    assert queue.shed(50_001)
