import asyncio
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.edge.boxes import broken, confirmed, event, outbox, packs_on_disk, pragma, rows, snapshot
from tests.edge.factories import NOW_US, reading
from tests.edge.waiting import until
from wardroom import senml
from wardroom.errors import StorageFull, StorageGone
from wardroom.messages import Outcome, Settled


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


async def test_a_commit_that_a_full_disk_breaks_off_leaves_nothing_half_done(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await box._in_thread(lambda: pragma(box, "max_page_count = 1"))
        box.confirm([Settled("none", 0, 0, Outcome.STORED)])
        results = await asyncio.gather(
            box.put(tuple(reading(float(n)) for n in range(1_000))), box.put(event("small")), return_exceptions=True
        )
        assert [type(result) for result in results] == [StorageFull, StorageFull]
        assert (box.dropped, await packs_on_disk(box)) == (2, [])
        assert (await box.stats()).bytes == 0

        await box._in_thread(lambda: pragma(box, "max_page_count = 1000000"))
        await box.put(event("small"))
        assert await packs_on_disk(box) == [(box.boot, 2)]


async def test_no_readings_are_no_pack(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await box.put(())
        assert not box.has_news


async def test_receipts_that_a_full_disk_kept_from_being_written_are_tried_again(tmp_path: Path) -> None:
    async with outbox(tmp_path) as box:
        await box.put((reading(),))
        await box._in_thread(lambda: pragma(box, "query_only = 1"))
        box.confirm([Settled(box.boot, 0, 0, Outcome.STORED)])
        await until(lambda: box.failing)
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
        async with asyncio.timeout(30):
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
