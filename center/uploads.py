"""a request's body → a file without a name, for half an hour: a later request reads it; whoever is cut off leaves nothing behind.

Bounded: `KEPT` files, and beyond that the oldest leaves; `AT_ONCE` are received at a time, one more is refused. What reads a file goes on
reading it after it has left.
"""

import asyncio
import io
import os
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import uuid6

from center.bodies import UPLOAD
from center.problems import printable
from wardroom.clock import Clock
from wardroom.errors import PeopleError

KEPT: Final = 8
KEPT_S: Final = 1_800.0
AT_ONCE: Final = 4
WITHIN_S: Final = 1_800.0
"""The longest an upload may take, however steadily it comes."""
_PIECE: Final = 1 << 20
_LOOK_S: Final = 60.0
_NAME: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """A file that was sent. `name`: what its sender calls it, which is no path here."""

    id: str
    name: str
    size: int
    file: BinaryIO

    def reader(self) -> BinaryIO:
        """Return a reader of its own, at the beginning; any thread may have one, and closes it."""
        return io.BufferedReader(_Reading(os.dup(self.file.fileno()), self.size))


class _Reading(io.RawIOBase):
    """A place of its own in a file that others read too."""

    def __init__(self, descriptor: int, size: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        found = os.pread(self._descriptor, len(view), self._at)
        view[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()


class Uploads:
    """The files that were sent and are not used yet."""

    def __init__(self, scratch: str | None, clock: Clock) -> None:
        self._scratch = scratch
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Upload]] = OrderedDict()
        self._receiving = 0

    def __len__(self) -> int:
        return len(self._kept)

    async def take(self, name: str, chunks: AsyncIterable[bytes], *, limit: int = UPLOAD) -> Upload:
        """Keep what `chunks` bring; raises PeopleError where it is too much, takes too long, or cannot be written."""
        if self._receiving >= AT_ONCE:
            raise PeopleError("people.many_uploads", limit=AT_ONCE, retry_after_s=10)
        self._receiving += 1
        try:
            file = self._opened()
            try:
                async with asyncio.timeout(WITHIN_S):
                    size = await _written(file, chunks, limit)
            except BaseException:
                file.close()
                raise
        except TimeoutError as error:
            raise PeopleError("people.upload_slow", minutes=round(WITHIN_S / 60)) from error
        finally:
            self._receiving -= 1
        upload = Upload(str(uuid6.uuid7()), printable(name)[:_NAME], size, file)
        self._kept[upload.id] = (self._clock.monotonic(), upload)
        self.expire()
        return upload

    def get(self, upload: str) -> Upload:
        """Return a file that was sent; raises PeopleError where there is none, or no longer."""
        self.expire()
        if upload not in self._kept:
            raise PeopleError("people.no_upload", id=printable(upload[:100]), minutes=round(KEPT_S / 60))
        return self._kept[upload][1]

    def drop(self, upload: str) -> None:
        """Let go of a file, if it is there: its room is free once nobody reads it."""
        if (kept := self._kept.pop(upload, None)) is not None:
            kept[1].file.close()

    def expire(self) -> None:
        """Let go of what is too old, and of the oldest where there are too many."""
        oldest = self._clock.monotonic() - KEPT_S
        for upload, (since, _) in list(self._kept.items()):
            if since < oldest or len(self._kept) > KEPT:
                self.drop(upload)

    async def watch(self) -> None:
        """Let go of what is too old, for as long as the center runs; of everything at its end."""
        try:
            while True:
                await asyncio.sleep(_LOOK_S)
                self.expire()
        finally:
            self.close()

    def close(self) -> None:
        """Let go of everything."""
        for upload in list(self._kept):
            self.drop(upload)

    def _opened(self) -> BinaryIO:
        try:
            return tempfile.TemporaryFile(dir=self._scratch)
        except OSError as error:
            raise PeopleError("people.no_room", detail=error.strerror or str(error)) from error


async def _written(file: BinaryIO, chunks: AsyncIterable[bytes], limit: int) -> int:
    """Write what comes, a piece at a time, in another thread; return how much it was."""
    waiting, size = bytearray(), 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise PeopleError("people.upload_large", megabytes=limit >> 20)
            waiting += chunk
            if len(waiting) >= _PIECE:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(file.write, bytes(waiting))
        await asyncio.to_thread(file.flush)
    except OSError as error:
        raise PeopleError("people.no_room", detail=error.strerror or str(error)) from error
    return size
