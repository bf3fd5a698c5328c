"""Batches by size or age: at once where the writer is idle, gathering while it writes, bounded above."""

import asyncio

from ingest.batch import Batches
from tests.ingest.factories import limits, pack, reading
from wardroom.clock import SystemClock


def batches(**chosen: float) -> Batches:
    return Batches(limits(**chosen), SystemClock())  # type: ignore[arg-type]  # the numbers are what each limit takes


async def test_a_lone_message_does_not_wait() -> None:
    queue = batches(pace_s=10.0)
    queue.put(pack())
    async with asyncio.timeout(5):
        assert len(await queue.take()) == 1


async def test_take_waits_for_the_first_message() -> None:
    queue = batches()
    taken = asyncio.create_task(queue.take())
    await asyncio.sleep(0.01)
    assert not taken.done()
    queue.put(pack())
    assert len(await taken) == 1


async def test_what_gathers_while_a_batch_is_written_comes_together_and_in_order() -> None:
    queue = batches()
    sent = [pack(seq=seq) for seq in range(5)]
    queue.put(sent[0])
    assert await queue.take() == (sent[0],)
    for message in sent[1:]:
        queue.put(message)
    assert await queue.take() == tuple(sent[1:])


async def test_a_batch_ends_at_its_number_of_messages() -> None:
    queue = batches(batch_messages=3)
    for seq in range(5):
        queue.put(pack(seq=seq))
    assert [len(await queue.take()), len(await queue.take())] == [3, 2]


async def test_a_batch_ends_at_its_bytes_but_has_one_message_at_least() -> None:
    big = pack(*(reading(at_us=1_800_000_000_000_000 + index) for index in range(50)))
    queue = batches(batch_bytes=100)
    for _ in range(2):
        queue.put(big)
    assert [len(await queue.take()), len(await queue.take())] == [1, 1]


async def test_under_a_steady_flow_batches_begin_apart() -> None:
    queue = batches(pace_s=0.05)
    queue.put(pack())
    await queue.take()
    queue.put(pack(seq=1))
    began = asyncio.get_running_loop().time()
    taken = asyncio.create_task(queue.take())
    await asyncio.sleep(0.01)
    queue.put(pack(seq=2))
    assert len(await taken) == 2
    assert asyncio.get_running_loop().time() - began > 0.03


async def test_a_full_batch_does_not_wait_for_its_age() -> None:
    queue = batches(pace_s=10.0, batch_messages=2)
    queue.put(pack())
    await queue.take()
    for seq in (1, 2):
        queue.put(pack(seq=seq))
    async with asyncio.timeout(5):
        assert len(await queue.take()) == 2


async def test_the_bound_counts_what_is_put_and_not_yet_confirmed() -> None:
    queue = batches(queue_messages=4)
    for seq in range(4):
        queue.put(pack(seq=seq))
    assert queue.full
    assert not queue.overfull  # a broker with the same window stops here by itself
    queue.put(pack(seq=4))
    assert queue.overfull
    taken = await queue.take()
    assert queue.overfull  # taken is not stored
    queue.confirm(taken)
    assert queue.held == 0
    assert queue.roomy


async def test_reading_goes_on_as_soon_as_a_fifth_is_free() -> None:
    queue = batches(queue_messages=10, batch_messages=1)
    for seq in range(10):
        queue.put(pack(seq=seq))
    queue.confirm(await queue.take())
    assert not queue.readable
    queue.confirm(await queue.take())
    assert queue.readable
    assert not queue.roomy
