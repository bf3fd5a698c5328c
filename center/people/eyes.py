"""photos → what is in them, by a face engine that is opened once, when it is first needed, in a thread of its own.

The event loop is never held. At most `WAITING` photos wait; one more is refused, and whoever brings many brings one after the other.
"""

import asyncio
import importlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from center.people.report import Examined, Examiner
from center.settings import People
from vision.errors import VisionError
from wardroom.errors import PeopleError

WAITING: Final = 16
_EXAMINING: Final = "center.people.examining"

T = TypeVar("T")


class Eyes:
    """The engine, one photo at a time, whoever asks: several centers of a process may have the same eyes."""

    def __init__(self, chosen: People) -> None:
        self._chosen = chosen
        self._thread: ThreadPoolExecutor | None = None
        self._examiner: Examiner | None = None
        self._waiting = 0
        self._turn = threading.Lock()

    @property
    def model(self) -> str | None:
        """Return whose embeddings it makes; None while the engine is not open."""
        return None if self._examiner is None else self._examiner.model

    async def open(self) -> str:
        """Open the engine, if it is not; return its model. Raises PeopleError where it cannot be."""
        return await self.run(lambda examiner: examiner.model)

    async def examined(self, data: bytes, name: str) -> Examined:
        """Return what is in a photo; raises PeopleError where the engine cannot be opened, or too many wait for it."""
        return await self.run(lambda examiner: examiner.examined(data, name))

    async def run(self, call: Callable[[Examiner], T]) -> T:
        """Return what `call` makes of the engine, in its thread. Raises as `examined` does, and what `call` raises."""
        if self._waiting >= WAITING:
            raise PeopleError("people.busy", limit=WAITING, retry_after_s=5)
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="faces")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._in_turn, call)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let the thread end after the photo it looks at."""
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None

    def _in_turn(self, call: Callable[[Examiner], T]) -> T:
        """Look once nobody else does: the thread of a center that ended may still be at its last photo."""
        with self._turn:
            return call(self._opened())

    def _opened(self) -> Examiner:
        if self._examiner is None:
            try:
                self._examiner = importlib.import_module(_EXAMINING).opened(self._chosen)  # needs libraries that a center may be without
            except ModuleNotFoundError as error:
                raise PeopleError("people.not_installed", package=error.name) from error
            except VisionError as error:
                raise PeopleError("people.engine_unusable", detail=error) from error
        assert self._examiner is not None  # noqa: S101 - narrows: it was just put there
        return self._examiner
