"""a workbook of 10,000 delegates → an occasion's delegates, dry run and commit, against bare reading and bare COPY of the same rows.

Ours checks every cell, compares with who is on record twice, makes and seals a code each and writes persons, delegates and list entries in
one transaction. The limit reads every cell of the file with openpyxl, and copies finished rows into the same tables.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Final
from uuid import UUID

import openpyxl
import uuid6

from bench.result import Result, paired
from center.papers.imports import Imports
from center.papers.models import ImportIn, ImportState
from center.people.audit import Audit
from center.people.vault import Vault
from center.store.database import Database
from center.uploads import Uploads
from ingest import migrate
from tests.servers.databases import TestDatabase
from tests.servers.postgresql import embedded
from wardroom.clock import SystemClock

DELEGATES: Final = 10_000
_ROUNDS: Final = 3
_HEADER: Final = ("STT", "Danh xưng", "Họ và tên", "Chức vụ", "Đơn vị", "Đoàn", "Số ghế", "Ảnh")
_EMPTY: Final = "DELETE FROM list_entry; DELETE FROM delegate; DELETE FROM person"
_OCCASION: Final = """
INSERT INTO occasion (id, name, starts, ends, created_by) VALUES (%(occasion)s, 'Đo', now(), now() + interval '1 day', 'bench')
"""
_LIST: Final = "INSERT INTO checkin_list (id, occasion, name) VALUES (%(list)s, %(occasion)s, 'Đo')"
_COPIES: Final = {
    "person": "id, name, plain, created_by",
    "delegate": "id, occasion, person, title, name, plain, position, unit, delegation, seat, photo_file, badge_digest, badge_sealed, "
    "created_by",
    "list_entry": "list, delegate",
}


async def measure(*, quick: bool, delegates: int = DELEGATES) -> list[Result]:
    """Import, in turn with the limit; quick takes a tenth of the delegates, once."""
    count = delegates // 10 if quick else delegates
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder)) as (server, _), server.database() as database:
        await migrate.upgrade(database.owner.conninfo())
        return [await _on(database, workbook(count), count, 1 if quick else _ROUNDS)]


def workbook(count: int) -> bytes:
    """Return an XLSX with so many delegates of as many names."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("Danh sách")
    page.append(_HEADER)
    for n in range(count):
        page.append((n + 1, "Ông", f"NGUYỄN VĂN AN {_word(n)}", "Đảng viên", f"Chi bộ {n % 40}", f"Đoàn số {n % 12}", f"A-{n}", f"{n}.jpg"))
    made = BytesIO()
    book.save(made)
    return made.getvalue()


async def _on(database: TestDatabase, data: bytes, count: int, rounds: int) -> Result:
    place = {"occasion": uuid6.uuid7(), "list": uuid6.uuid7()}
    times: list[tuple[float, float]] = []
    async with Database(database.center, connections=4) as pool:
        await pool.change(_OCCASION, place)
        await pool.change(_LIST, place)
        for _ in range(rounds):
            ours = await _ours(pool, data, place)
            times.append((ours, await _bare(pool, data)))
    rates = [(count / ours, count / bare) for ours, bare in times]
    result = paired(f"delegates: {count:,} from XLSX", "delegates/s", "openpyxl alone, and COPY of finished rows", rates)
    result.figures.update(ours_s=min(ours for ours, _ in times), limit_s=min(bare for _, bare in times))
    return result


async def _ours(pool: Database, data: bytes, place: Mapping[str, UUID]) -> float:
    """Return how long upload, dry run and commit took, in seconds."""
    clock = SystemClock()
    await _emptied(pool)
    uploads = Uploads(None, clock)
    imports = Imports(database=pool, audit=Audit(pool), vault=Vault(os.urandom(32)), uploads=uploads, clock=clock)
    working = asyncio.create_task(imports.run())
    began = time.perf_counter()
    upload = await uploads.take("ds.xlsx", _once(data))
    job = imports.begin("bench", place["occasion"], ImportIn(upload=UUID(upload.id), lists=(place["list"],)))
    await _until(job.id, imports, ImportState.READY)
    imports.commit("bench", job.id)
    await _until(job.id, imports, ImportState.DONE)
    took = time.perf_counter() - began
    working.cancel()
    uploads.close()
    return took


async def _bare(pool: Database, data: bytes) -> float:
    """Return how long the limit takes over the rows that are there, in seconds."""
    async with pool.connection() as connection:
        rows = {
            table: await (await connection.execute(f"SELECT {columns} FROM {table}".encode())).fetchall()
            for table, columns in _COPIES.items()
        }
    await _emptied(pool)
    began = time.perf_counter()
    await asyncio.to_thread(_read, data)
    async with pool.transaction() as connection:
        for table, columns in _COPIES.items():
            async with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                for row in rows[table]:
                    await copy.write_row(row)
    return time.perf_counter() - began


def _read(data: bytes) -> int:
    page = openpyxl.load_workbook(BytesIO(data), data_only=True).worksheets[0]
    return sum(1 for row in page.iter_rows(values_only=True) for _ in row)


async def _emptied(pool: Database) -> None:
    for statement in _EMPTY.split("; "):
        async with pool.connection() as connection:
            await connection.execute(statement.encode())


async def _until(job: UUID, imports: Imports, state: ImportState) -> None:
    while (found := imports.get(job)).state is not state:
        if found.failure is not None:
            raise found.failure
        await asyncio.sleep(0.01)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _word(number: int) -> str:
    """Return a number in letters, as a part of a name."""
    return "".join(chr(ord("A") + int(digit)) for digit in str(number))
