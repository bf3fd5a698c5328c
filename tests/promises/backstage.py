"""An event loop in a thread of its own: lines and the screen live there, while the test itself starts, kills and waits."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Final, Self, TypeVar

T = TypeVar("T")
_WITHIN_S: Final = 60.0


class Backstage:
    """The loop; entered it runs, left it is gone with all that ran in it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="backstage", daemon=True)
        self._tasks: list[asyncio.Task[None]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_WITHIN_S)
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T], within_s: float = _WITHIN_S) -> T:
        """Return what `work` returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(within_s)

    def do(self, step: Callable[[], T]) -> T:
        """Call `step` there."""

        async def once() -> T:
            return step()

        return self.run(once())

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Have `work` run until this is left."""
        self.do(lambda: self._tasks.append(asyncio.get_running_loop().create_task(work, name=name)))

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
