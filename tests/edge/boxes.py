"""Outboxes, and what lies on the disk behind them."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

from edge.outbox import Outbox
from edge.outbox_store import Stored
from edge.wire_clock import instant
from tests.edge.factories import GATEWAY, NOW_US, SetClock
from tests.edge.waiting import until
from wardroom.messages import Outcome, SensorFault, SensorFaultData, SensorFaultReason, Settled

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
