import asyncio
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from edge.outbox import Outbox
from edge.outbox_store import Stored
from edge.wire_clock import instant
from tests.edge.factories import GATEWAY, NOW_US, SetClock, reading
from tests.edge.waiting import until
from wardroom import senml, topics
from wardroom.errors import PackTooLarge, StorageFull, StorageGone
from wardroom.messages import Outcome, SensorFault, SensorFaultData, SensorFaultReason, Settled, decode_event
from wardroom.topics import PackTopic

ROOMY = 64 * 2**20


def outbox(folder: Path, *, limit_bytes: int = ROOMY, clock: SetClock | None = None) -> Outbox:
    return Outbox(file=folder / "outbox.db", gateway=GATEWAY, limit_bytes=limit_bytes, clock=clock or SetClock())


def event(detail: str = "", number: int = 0) -> SensorFault:
    return SensorFault(
        id=f"01890000-0000-7000-8000-{number:012d}",
        source=GATEWAY.prefix,
        time=instant(NOW_US),
        data=SensorFaultData("air1", SensorFaultReason.NO_ANSWER, detail),
    )


def settled(pack: Stored, last: int | None = None) -> Settled:
    return Settled(pack.boot, pack.seq, pack.seq if last is None else last, Outcome.STORED)


async def packs_on_disk(box: Outbox) -> list[tuple[str, int]]:
    return [(boot, seq) for _, boot, seq in await box.waiting(0, 2**62, 100_000)]


async def confirmed(box: Outbox, left: int) -> None:
    async def as_many() -> bool:
        return (await box.stats()).packs == left

    await until(as_many)


def rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    """Read a closed outbox's file, or a copy of an open one's: what a power cut at this instant would have left."""
    connection = sqlite3.connect(file)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def pragma(box: Outbox, text: str) -> Any:
    row = box._store._connection.execute(f"PRAGMA {text}").fetchone()
    return row and row[0]


def broken(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir() if path.name.startswith("outbox.db.broken-") and "-wal" not in path.name]


def snapshot(folder: Path, to: Path) -> Path:
    to.mkdir()
    for name in ("outbox.db", "outbox.db-wal"):
        shutil.copy(folder / name, to / name)
    return to / "outbox.db"


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
        assert await box.load(first.id) is None
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
        assert [await after.load(pack.id) for pack in sent] == sent
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


async def test_a_pack_is_on_the_disk_before_it_can_be_taken(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with outbox(data) as box:
        for number in range(10):
            putting = asyncio.create_task(box.put((reading(float(number)),)))
            taken = await box.take(10)
            copied = snapshot(data, tmp_path / f"copy{number}")
            await putting
            assert rows(copied, "SELECT seq, payload FROM pack ORDER BY id DESC LIMIT 1") == [(taken[-1].seq, taken[-1].payload)]


async def test_every_commit_is_flushed_to_the_disk(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        asked = box._in_thread(
            lambda: [box._store._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")]
        )
        assert await asked == [2, "wal"]


async def test_a_cancelled_put_is_stored_all_the_same(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        putting = asyncio.create_task(box.put((reading(),)))
        await asyncio.sleep(0)
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting

    assert rows(tmp_path / "outbox.db", "SELECT seq FROM pack") == [(0,)]


async def test_closing_writes_what_is_still_waiting_and_takes_no_more(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        puts = [asyncio.create_task(box.put(event(str(number), number))) for number in range(5)]
        await asyncio.sleep(0)
        box.confirm([Settled("none", 0, 0, Outcome.STORED)])
    await asyncio.gather(*puts)

    assert rows(tmp_path / "outbox.db", "SELECT count(*) FROM pack") == [(5,)]
    with pytest.raises(StorageGone):
        await box.put((reading(),))


async def test_a_full_disk_loses_and_counts_what_comes_says_so_once_and_recovers_by_itself(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await box.put((reading(0.0),))
        await box._in_thread(lambda: pragma(box, "max_page_count = 1"))
        with capture_logs() as logs:
            full = 0
            for number in range(1, 200):
                try:
                    await box.put((reading(float(number)),))
                except StorageFull:
                    full += 1
            box.confirm([Settled(box.boot, 0, 0, Outcome.STORED)])
        assert full > 10
        assert box.failing
        assert box.dropped == full
        assert [log["event"] for log in logs] == ["outbox cannot write; what is measured meanwhile is lost and counted"]

        await box._in_thread(lambda: pragma(box, "max_page_count = 1000000"))
        with capture_logs() as logs:
            await box.put((reading(999.0),))
        assert [log["event"] for log in logs] == ["outbox writes again"]
        assert not box.failing
        seqs = [seq for _, seq in await packs_on_disk(box)]
        assert seqs == sorted(set(seqs))
        assert seqs[-1] == 200, "a sequence whose commit failed is not given again"


async def test_receipts_that_a_full_disk_kept_from_being_written_are_tried_again(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await box.put((reading(),))
        await box._in_thread(lambda: pragma(box, "query_only = 1"))
        box.confirm([Settled(box.boot, 0, 0, Outcome.STORED)])
        await asyncio.sleep(0.2)
        assert box.failing
        assert box.dropped == 0
        await box._in_thread(lambda: pragma(box, "query_only = 0"))
        await confirmed(box, left=0)


async def test_a_cancelled_put_that_fails_bothers_nobody(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await box._in_thread(lambda: pragma(box, "query_only = 1"))
        putting = asyncio.create_task(box.put((reading(),)))
        await asyncio.sleep(0)
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
        async with asyncio.timeout(5):
            await box.lossy.wait()
        assert box.dropped == 1


@pytest.mark.parametrize("content", [b"this is no database" * 1_000, b"SQLite format 3\0" + b"\xff" * 8_000])
async def test_a_broken_file_is_set_aside_and_a_new_one_begun(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "outbox.db").write_bytes(content)
    with capture_logs() as logs:
        async with outbox(tmp_path) as box:
            await box.put((reading(),))
            assert len(await box.take(1)) == 1

    assert broken(tmp_path) == [content]
    assert [log["log_level"] for log in logs] == ["error"]


async def test_a_file_that_breaks_while_it_is_open_is_set_aside_and_ids_go_on(tmp_path: Path) -> None:
    file = tmp_path / "outbox.db"
    async with outbox(tmp_path) as box:
        for number in range(5):
            await box.put((reading(float(number)),))
        last = (await box.take(10))[-1].id

        def destroy() -> None:
            connection = box._store._connection
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute("PRAGMA cache_size=0")
            with file.open("r+b") as raw:
                raw.seek(4_096)
                raw.write(b"\xa5" * (file.stat().st_size - 4_096))

        await box._in_thread(destroy)
        await box.put((reading(99.0),))
        packs = await box.take(10)

    assert [(pack.id, pack.seq) for pack in packs] == [(last + 1, 5)]
    assert len(broken(tmp_path)) == 1


async def test_a_file_with_a_damaged_index_is_set_aside_when_it_is_opened(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        for number in range(50):
            await box.put((reading(float(number)),))
    connection = sqlite3.connect(tmp_path / "outbox.db")
    page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_pack_1'").fetchone()[0]
    connection.close()
    with (tmp_path / "outbox.db").open("r+b") as raw:
        raw.seek((page - 1) * 4_096 + 100)
        raw.write(b"\xa5" * 500)

    with capture_logs() as logs:
        async with outbox(tmp_path) as box:
            await box.put((reading(),))

    assert [log["event"] for log in logs] == ["outbox file is broken and was set aside; unsent packs in it are not sent"]
    assert len(broken(tmp_path)) == 1


async def test_a_read_brings_no_more_than_a_mebibyte_into_memory(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        for _ in range(12):
            await box.put(tuple(reading(float(n), observed_us=NOW_US + n) for n in range(2_000)))
        first = await box.take(64)

        assert 1 < len(first) < 12
        assert sum(pack.size for pack in first[:-1]) <= 2**20
        rest = await box.take(64)
        while box.has_news:
            rest += await box.take(64)
        assert [pack.seq for pack in first + rest] == list(range(12))


async def test_a_second_process_cannot_use_the_same_outbox(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await box.put((reading(),))
        with pytest.raises(StorageGone, match="in use by another process"):
            await outbox(tmp_path).__aenter__()


async def test_a_folder_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageGone, match=r"check the folder's rights"):
        await outbox(tmp_path / "file" / "below").__aenter__()


async def test_a_dead_writer_is_noticed(tmp_path: Path) -> None:
    box = outbox(tmp_path)
    await box.watched()
    async with box:
        watching = asyncio.create_task(box.watched())
        await asyncio.sleep(0.01)
        assert not watching.done()
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        await box.put((reading(),))


CHILD = """
import asyncio, sys
from pathlib import Path
from tests.edge.factories import GATEWAY, reading
from edge.outbox import Outbox
from wardroom.clock import SystemClock

async def main():
    async with Outbox(file=Path(sys.argv[1]) / "outbox.db", gateway=GATEWAY, limit_bytes=2**30, clock=SystemClock()) as box:
        sys.stdout.write(f"boot {box.boot}\\n")
        async def put(lane):
            number = 0
            while True:
                value = lane * 1_000_000 + number
                await box.put((reading(float(value)),))
                sys.stdout.write(f"{value}\\n")
                sys.stdout.flush()
                number += 1
        await asyncio.gather(*(put(lane) for lane in range(8)))

asyncio.run(main())
"""


def killed_in_the_middle(folder: Path, after_lines: int) -> tuple[str, set[float]]:
    """Run a child that puts as fast as it can, kill -9 it, and return its boot and the values whose put had returned."""
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    boot = child.stdout.readline().split()[1]
    lines = [child.stdout.readline() for _ in range(after_lines)]
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    complete = "".join(lines) + rest[: rest.rfind("\n") + 1]
    return boot, {float(line) for line in complete.split()}


async def test_everything_whose_put_returned_survives_kill_9_and_no_sequence_comes_twice(tmp_path: Path) -> None:
    acknowledged: set[float] = set()
    boots: set[str] = set()
    for run in range(3):
        boot, values = killed_in_the_middle(tmp_path, 150 + 97 * run)
        boots.add(boot)
        acknowledged |= {value + run * 0.25 for value in values}
        stored = rows(tmp_path / "outbox.db", f"SELECT seq, payload FROM pack WHERE boot = '{boot}' ORDER BY id")
        kept = [one.value for _, payload in stored for one in senml.decode(payload).readings]
        assert values <= set(kept)
        assert len(kept) == len(set(kept))
        assert len(set(kept) - values) <= 8, "only what was on its way may be there without an answer"
        assert [seq for seq, _ in stored] == list(range(len(stored)))

    assert len(boots) == 3
    async with outbox(tmp_path) as box:
        assert box.boot not in boots
        stats = await box.stats()
        assert stats.packs == len(await packs_on_disk(box))
