import asyncio
from pathlib import Path

import pytest

from tests.edge.boxes import confirmed, event, outbox, packs_on_disk, rows, settled
from tests.edge.factories import GATEWAY, NOW_US, SetClock, reading
from wardroom import senml, topics
from wardroom.errors import PackTooLarge
from wardroom.messages import Outcome, Settled, decode_event
from wardroom.topics import PackTopic


async def test_what_is_put_is_taken_in_order_once_and_says_what_was_put(tmp_path: Path) -> None:
    clock = SetClock()
    async with outbox(tmp_path, clock=clock) as box:
        for number in range(3):
            await box.put((reading(float(number)),))
        await box.put(event("cable"))

        packs = await box.take(10)

    assert [pack.seq for pack in packs] == [0, 1, 2, 3]
    assert {pack.boot for pack in packs} == {box.boot}
    places = [topics.parse(pack.topic) for pack in packs]
    assert [place.kind for place in places if isinstance(place, PackTopic)] == ["readings"] * 3 + ["events"]
    assert senml.decode(packs[1].payload) == senml.Pack(NOW_US, (reading(1.0),))
    assert decode_event(packs[3].payload, GATEWAY) == event("cable")


async def test_take_waits_for_the_next_pack(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        taking = asyncio.create_task(box.take(10))
        await asyncio.sleep(0.02)
        assert not taking.done()
        assert not box.has_news
        await box.quiet()

        await box.put((reading(),))

        assert len(await taking) == 1


async def test_take_gives_no_more_than_was_asked_for(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        for number in range(5):
            await box.put((reading(float(number)),))

        assert [pack.seq for pack in await box.take(2)] == [0, 1]
        assert [pack.seq for pack in await box.take(2)] == [2, 3]
        assert box.has_news
        assert [pack.seq for pack in await box.take(2)] == [4]


async def test_packs_beyond_what_memory_keeps_are_read_back_from_the_disk_in_order(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        for number in range(400):
            await box.put((reading(float(number)),))

        taken: list[int] = []
        while len(taken) < 400:
            taken += [pack.seq for pack in await box.take(64)]

    assert taken == list(range(400))


async def test_large_packs_do_not_stay_in_memory_and_come_in_order_all_the_same(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        for number in range(6):
            await box.put(tuple(reading(float(n), observed_us=NOW_US + n) for n in range(1_500 if number % 2 else 1)))

        assert not [pack for pack in box._fresh if pack.size > 8_192]
        taken: list[int] = []
        while len(taken) < 6:
            taken += [pack.seq for pack in await box.take(64)]

    assert taken == list(range(6))


async def test_puts_that_come_together_share_one_commit_and_one_pack(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await asyncio.gather(*(box.put((reading(float(number)),)) for number in range(50)))
        packs = await box.take(100)

    assert len(packs) == 1
    assert [one.value for one in senml.decode(packs[0].payload).readings] == [float(number) for number in range(50)]


async def test_puts_during_a_commit_share_the_next_one(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        first = asyncio.create_task(box.put((reading(0.0),)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        rest = [asyncio.create_task(box.put((reading(float(number)),))) for number in range(1, 20)]
        await asyncio.gather(first, *rest)
        packs = await box.take(100)

    assert [len(senml.decode(pack.payload).readings) for pack in packs] == [1, 19]


async def test_a_pack_above_the_wire_limit_is_split_and_nothing_is_lost(tmp_path: Path) -> None:
    readings = tuple(
        reading(float(number) + 0.123456789, sensor="s" * 60, quantity="q" * 60, observed_us=NOW_US + number) for number in range(4_500)
    )
    async with outbox(tmp_path) as box:
        await box.put(readings)
        packs = await box.take(1_000)
        while box.has_news:
            packs += await box.take(1_000)

    assert all(len(pack.payload) <= senml.WIRE_LIMIT for pack in packs)
    assert tuple(one for pack in packs for one in senml.decode(pack.payload).readings) == readings


async def test_an_event_above_the_wire_limit_is_refused(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        with pytest.raises(PackTooLarge):
            await box.put(event("x" * (senml.WIRE_LIMIT + 1)))
        assert (await box.stats()).packs == 0


async def test_a_confirmed_range_is_deleted_and_a_hole_stays(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        for number in range(10):
            await box.put((reading(float(number)),))
        first = (await box.take(10))[0]

        box.confirm([Settled(box.boot, 0, 3, Outcome.STORED), Settled(box.boot, 6, 9, Outcome.ALREADY)])
        box.confirm([Settled("another", 0, 1_000, Outcome.STORED)])
        await confirmed(box, left=2)

        assert await packs_on_disk(box) == [(box.boot, 4), (box.boot, 5)]
        assert await box.read(first.id - 1, first.id, 1) == []
        box.confirm([Settled(box.boot, 4, 5, Outcome.DEAD_LETTERED)])
        await confirmed(box, left=0)
        assert (await box.stats()).bytes == 0


async def test_packs_of_an_earlier_boot_stay_byte_for_byte_until_they_are_confirmed(tmp_path: Path) -> None:
    async with outbox(tmp_path) as before:
        await before.put((reading(1.0),))
        await before.put((reading(2.0),))
        sent = await before.take(10)

    async with outbox(tmp_path) as after:
        assert after.boot != before.boot
        assert not after.has_news
        assert await after.read(0, after.taken, 1_000) == sent
        await after.put((reading(3.0),))
        assert [pack.seq for pack in await after.take(10)] == [0]

        after.confirm([settled(sent[0], last=1)])
        await confirmed(after, left=1)

    async with outbox(tmp_path) as last:
        assert await packs_on_disk(last) == [(after.boot, 0)]


async def test_ids_go_on_after_everything_was_confirmed_and_the_agent_restarted(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await box.put((reading(),))
        pack = (await box.take(1))[0]
        box.confirm([settled(pack)])
        await confirmed(box, left=0)

    async with outbox(tmp_path) as box:
        await box.put((reading(),))
        assert (await box.take(1))[0].id == pack.id + 1


async def test_a_full_outbox_drops_the_oldest_readings_before_any_event_and_counts_them(tmp_path: Path) -> None:
    async with outbox(tmp_path, limit_bytes=65_536) as box:
        await box.put(event("first of all", 1))
        for number in range(400):
            await box.put((reading(float(number)),))
        stats = await box.stats()
        left = await packs_on_disk(box)

        assert stats.bytes <= 65_536
        assert stats.dropped == 401 - stats.packs
        assert left[0] == (box.boot, 0)
        assert left[-1] == (box.boot, 400)
        assert [seq for _, seq in left[1:]] == list(range(402 - stats.packs, 401))
        assert box.lossy.is_set()
        losses = box.losses()
        assert losses.packs == stats.dropped
        assert losses.bytes > stats.dropped * 100
        assert box.losses().packs == 0
        assert not box.lossy.is_set()


async def test_what_was_dropped_before_its_turn_is_passed_over(tmp_path: Path) -> None:
    async with outbox(tmp_path, limit_bytes=65_536) as box:
        for number in range(1_000):
            await box.put((reading(float(number)),))

        taken: list[int] = []
        while box.has_news:
            taken += [pack.seq for pack in await box.take(1_000)]

    assert taken[-1] == 999
    assert taken == sorted(set(taken))


async def test_readings_never_displace_events_but_events_displace_the_oldest_events(tmp_path: Path) -> None:
    async with outbox(tmp_path, limit_bytes=65_536) as box:
        for number in range(300):
            await box.put(event("x" * 100, number))
        full = await packs_on_disk(box)
        await box.put((reading(),))

        assert await packs_on_disk(box) == full
        assert full[-1] == (box.boot, 299)
        assert full[0] != (box.boot, 0)


async def test_take_waits_on_where_a_pack_went_before_its_turn(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await box.put((reading(1.0),))
        box._fresh.clear()
        box.confirm([Settled(box.boot, 0, 0, Outcome.STORED)])
        await confirmed(box, left=0)
        taking = asyncio.create_task(box.take(10))
        await asyncio.sleep(0.05)
        assert not taking.done()

        await box.put((reading(2.0),))

        assert [pack.seq for pack in await taking] == [1]


async def test_quarantine_moves_a_pack_out_of_the_way_once(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await box.put((reading(),))
        pack = (await box.take(1))[0]

        assert await box.quarantine(pack.id)
        assert not await box.quarantine(pack.id)
        stats = await box.stats()

    assert (stats.packs, stats.bytes, stats.quarantined) == (0, 0, 1)
    assert rows(tmp_path / "outbox.db", "SELECT boot, seq, payload FROM quarantine") == [(box.boot, 0, pack.payload)]


async def test_stats_tell_the_age_of_the_oldest_pack_and_a_clock_set_back_makes_none_negative(tmp_path: Path) -> None:
    clock = SetClock()
    async with outbox(tmp_path, clock=clock) as box:
        assert (await box.stats()).oldest_s == 0.0
        await box.put((reading(),))
        clock.us += 90_000_000
        assert (await box.stats()).oldest_s == 90.0
        clock.us -= 200_000_000
        assert (await box.stats()).oldest_s == 0.0


async def test_what_is_skipped_is_not_taken_and_stays_on_the_disk(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        for number in range(10):
            await box.put((reading(float(number)),))
        first = (await box.take(1))[0].id

        assert box.skip(9) is None
        assert box.skip(8) == (first, first + 9)
        assert not box.has_news
        await box.quiet()
        await box.put((reading(99.0),))
        assert [pack.id for pack in await box.take(100)] == [first + 10]
        assert len(await packs_on_disk(box)) == 11
