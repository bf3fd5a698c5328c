"""calls → done one after the other in a thread of their own, which nobody waits for: not even the end of the process."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class OneThread(Generic[T]):
    """One thread while it is entered. A pool's would be waited for at the end of the process, however long their last call takes."""

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[tuple[Callable[[], T], Future[T]] | None] = SimpleQueue()
        """At most one call: `run` is waited for."""
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let it end after the call it is in."""
        self._calls.put(None)

    async def run(self, call: Callable[[], T]) -> T:
        """Return what `call` returns in the thread, or raise what it raises."""
        answer: Future[T] = Future()
        self._calls.put((call, answer))
        return await asyncio.wrap_future(answer)

    def _work(self) -> None:
        while (work := self._calls.get()) is not None:
            call, answer = work
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(call())
                except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                    answer.set_exception(error)
