"""An organiser who sends lists and looks at what became of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from center.papers.models import ImportIn, ImportOut, ImportState
from center.room import Room
from tests.center.occasions.hall import BY, Hall

MOVING = {ImportState.RUNNING, ImportState.STORING}
HEADER = "Danh xưng;Họ và tên;Chức vụ;Đơn vị;Đoàn;Số ghế;Mã thẻ;Ảnh"


@dataclass
class Desk:
    """A desk of an occasion."""

    room: Room
    hall: Hall

    async def read(self, data: bytes, *, lists: Sequence[UUID] | None = None) -> ImportOut:
        """Return the dry run."""
        upload = await self.room.uploads.take("danh-sach.csv", _once(data))
        asked = ImportIn(upload=UUID(upload.id), lists=(self.hall.list,) if lists is None else tuple(lists))
        return await self.rest(self.room.imports.begin(BY, self.hall.occasion, asked).id)

    async def store(self, data: bytes, *, lists: Sequence[UUID] | None = None) -> ImportOut:
        """Return what was stored."""
        read = await self.read(data, lists=lists)
        assert read.state is ImportState.READY, read.detail
        return await self.rest(self.room.imports.commit(BY, read.id).id)

    async def rest(self, job: UUID) -> ImportOut:
        async with asyncio.timeout(60):
            while (found := self.room.imports.get(job).out("vi")).state in MOVING:  # noqa: ASYNC110 - what a screen does too
                await asyncio.sleep(0.02)
        return found

    async def table(self, columns: str = "title, name, position, unit, delegation, seat, photo_file") -> list[tuple[Any, ...]]:
        """Return the occasion's delegates by plain name."""
        query = f"SELECT {columns} FROM delegate WHERE occasion = '{self.hall.occasion}' ORDER BY plain, seat, id"
        async with self.room.database.connection() as connection:
            return await (await connection.execute(query.encode())).fetchall()

    async def count(self, query: str) -> int:
        async with self.room.database.connection() as connection:
            found = await (await connection.execute(query.encode())).fetchone()
        assert found is not None
        return int(found[0])


def rows(*lines: str, header: str = HEADER) -> bytes:
    """Return a list as a CSV."""
    return "\n".join([header, *lines]).encode()


def counts(found: ImportOut) -> tuple[int, int, int, int]:
    """Return how many are created, changed, unchanged, refused."""
    return found.created, found.changed, found.unchanged, found.refused


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
