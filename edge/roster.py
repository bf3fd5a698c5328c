"""[[sensor]], [[camera]] → what runs: a new set is checked whole before anything of the old one stops; what did not change goes on."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, Protocol, TypeVar

import structlog

_log = structlog.get_logger()


class Named(Protocol):
    """The settings of one thing that runs; equal settings are the same thing."""

    @property
    def id(self) -> str:
        """Return what it is known by."""
        ...


S = TypeVar("S", bound=Named)
Running = Callable[[], Coroutine[Any, Any, None]]


class Roster(Generic[S]):
    """The things of one `kind` that run now, each a task of the group that is given.

    `ready` makes one, opening no device, and returns what runs it; it raises ConfigError for one that cannot be made. It is called in a
    thread: models take seconds to load.
    """

    def __init__(self, tasks: asyncio.TaskGroup, kind: str, ready: Callable[[S], Running]) -> None:
        self._tasks = tasks
        self._kind = kind
        self._ready = ready
        self._running: dict[str, tuple[S, asyncio.Task[None]]] = {}
        self._applying = asyncio.Lock()

    @property
    def settings(self) -> tuple[S, ...]:
        """The settings of what runs."""
        return tuple(settings for settings, _ in self._running.values())

    async def apply(self, wanted: Sequence[S]) -> bool:
        """Run exactly `wanted`; return whether anything changed. Raises ConfigError and changes nothing if one cannot be made."""
        async with self._applying:
            return await self._apply(wanted)

    async def _apply(self, wanted: Sequence[S]) -> bool:
        by_id = {one.id: one for one in wanted}
        fresh = [one for one in wanted if self._settings(one.id) != one]
        running = {one.id: await asyncio.to_thread(self._ready, one) for one in fresh}
        gone = [one for one in self.settings if by_id.get(one.id) != one]
        await self._stop([one.id for one in gone])
        for one in fresh:
            self._running[one.id] = (one, self._tasks.create_task(running[one.id](), name=f"{self._kind} {one.id}"))
        if fresh or gone:
            _log.info(f"{self._kind}s applied", running=len(self._running), started=len(fresh), stopped=len(gone))
        return bool(fresh or gone)

    def _settings(self, name: str) -> S | None:
        running = self._running.get(name)
        return running[0] if running else None

    async def _stop(self, names: Sequence[str]) -> None:
        """Stop them and wait until their devices are let go: another may want the same port."""
        tasks = [self._running.pop(name)[1] for name in names]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
