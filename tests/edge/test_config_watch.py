import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from structlog.testing import capture_logs

from edge.config_watch import changes
from edge.settings import Settings, load
from tests.edge.test_settings import FILE, written
from tests.edge.waiting import until


@asynccontextmanager
async def watched(file: Path, running: Settings | None = None) -> AsyncIterator[list[Settings]]:
    seen: list[Settings] = []
    running = running or load(file, {})

    async def watch() -> None:
        async for settings in changes(file, running, every_s=0.01):
            seen.append(settings)  # noqa: PERF401 - it never ends: an extend would show nothing before

    task = asyncio.create_task(watch())
    await asyncio.sleep(0.05)
    try:
        yield seen
    finally:
        task.cancel()


async def test_a_valid_change_is_told_and_nothing_else_is(tmp_path: Path) -> None:
    file = written(tmp_path, FILE)
    async with watched(file) as seen:
        assert seen == []
        written(tmp_path, FILE.replace("period_s = 5.0", "period_s = 7.0"))
        await until(lambda: len(seen) == 1)
        assert seen[0].sensor[0].period_s == 7.0


async def test_a_change_between_the_load_and_the_first_look_is_told(tmp_path: Path) -> None:
    running = load(written(tmp_path, FILE), {})
    file = written(tmp_path, FILE.replace("period_s = 5.0", "period_s = 7.0"))
    async with watched(file, running) as seen:
        await until(lambda: len(seen) == 1)
        assert seen[0].sensor[0].period_s == 7.0


async def test_a_change_that_leaves_length_and_time_as_they_were_is_told(tmp_path: Path) -> None:
    file = written(tmp_path, FILE)
    times = (file.stat().st_atime_ns, file.stat().st_mtime_ns)
    async with watched(file) as seen:
        file.write_text(FILE.replace("period_s = 5.0", "period_s = 7.0"), encoding="utf-8")
        os.utime(file, ns=times)
        await until(lambda: len(seen) == 1)


async def test_a_file_replaced_at_once_is_a_change_like_any(tmp_path: Path) -> None:
    file = written(tmp_path, FILE)
    other = tmp_path / "other.toml"
    other.write_text(FILE.replace("period_s = 5.0", "period_s = 7.0"), encoding="utf-8")
    async with watched(file) as seen:
        os.replace(other, file)  # noqa: PTH105 - as editors do it
        await until(lambda: len(seen) == 1)


async def test_an_invalid_change_is_one_log_line_and_the_next_valid_one_counts(tmp_path: Path) -> None:
    file = written(tmp_path, FILE)
    with capture_logs() as logs:
        async with watched(file) as seen:
            written(tmp_path, FILE.replace("period_s = 5.0", "period_s = -1"))
            await until(lambda: len(logs) == 1)
            await asyncio.sleep(0.1)
            assert seen == []
            written(tmp_path, FILE + "\n# mended\n")
            await until(lambda: len(seen) == 1)

    assert [log["event"] for log in logs] == ["changed configuration is not used; sensors and cameras stay as they are"]
    assert "period_s" in logs[0]["detail"]


async def test_a_file_that_is_gone_changes_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, FILE)
    with capture_logs() as logs:
        async with watched(file) as seen:
            os.remove(file)  # noqa: PTH107 - one call, no loop to block
            await until(lambda: len(logs) == 1)
            await asyncio.sleep(0.1)
            written(tmp_path, FILE)
            await until(lambda: len(seen) == 1)

    assert [log["event"] for log in logs] == ["configuration file is gone; sensors and cameras stay as they are"]
