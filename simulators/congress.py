"""a running demo → its congress: set up at the center as an organiser would, delegates who come in, and the attendance beside the truth.

Whatever fails here is one sentence, and the demo goes on without it.
"""

import asyncio
import secrets
import time
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

import structlog

from simulators import congress_truth, told_gate
from simulators.congress_files import CongressFiles
from simulators.congress_setup import Made, set_up
from simulators.congress_truth import Attendance
from simulators.organiser import Organiser
from simulators.pixels import Pixels
from simulators.rest import Rest
from simulators.sign_in import one_time
from simulators.stack import Stack
from wardroom import settings
from wardroom.embedded.folders import Announce
from wardroom.errors import EmbeddedError, WardroomError
from wardroom.metrics import BUGS

ACCOUNT: Final = "demo-organiser"
_DRAIN_S: Final = 10.0
_COUNTED_S: Final = 20.0
_LOOK_S: Final = 2.0
_AGAIN_S: Final = 0.5

_log = structlog.get_logger()


class Congress:
    """One run's congress; entered it is being set up, left its gates have told all they had, and `attendance` is there if it was asked for.

    `arrived`: how many of `expected` the center has counted so far.
    """

    def __init__(self, stack: Stack, *, seed: int, announce: Announce, compare: bool, pixels: Pixels | None = None) -> None:
        self._stack = stack
        self._seed = seed
        self._announce = announce
        self._compare = compare
        self._files = CongressFiles(stack.folder, pixels)
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.arrived: int | None = None
        self.expected: int | None = None
        self.attendance: Attendance | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="congress")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        if self._task is not None:
            await self._task

    def told(self) -> str:
        """Return how many have come, of how many, for the panel."""
        return "—" if self.arrived is None else f"{self.arrived} / {self.expected}"

    async def _run(self) -> None:
        try:
            await self._held()
        except WardroomError as error:
            self._announce("simulators.demo_no_congress", detail=error.sentence(settings.language()))
        except Exception:  # noqa: BLE001 - the top of the task: the demo goes on without its congress
            BUGS.labels("congress").inc()
            _log.exception("the congress stopped by a bug")

    async def _held(self) -> None:
        """Open the doors, and when the demo is over compare what the center counted with the truth."""
        rest = Rest(self._stack.port)
        account = await one_time(self._stack, ACCOUNT)
        await asyncio.to_thread(rest.sign_in, account.account, account.password, secrets.token_urlsafe(24))
        organiser = Organiser(rest)
        made = await asyncio.to_thread(set_up, organiser, self._files, seed=self._seed, wall_port=self._stack.port)
        if not self._over.is_set():
            async with self._stack.gates(self._files.ledgers, _DRAIN_S):
                self._announce("simulators.demo_congress", delegates=len(made.occasion.delegates))
                await self._watched(organiser, made)
        if self._compare:
            self.attendance = await self._compared(organiser, made)
        await asyncio.to_thread(rest.sign_out)

    async def _watched(self, organiser: Organiser, made: Made) -> None:
        """Ask the center now and then how many have come, until the demo is over; one that is away is asked again."""
        while not self._over.is_set():
            with suppress(EmbeddedError):
                self.arrived, self.expected = await asyncio.to_thread(organiser.arrived, made.occasion)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._over.wait()

    async def _compared(self, organiser: Organiser, made: Made) -> Attendance:
        """Compare until it is right, or the center has had its time."""
        deadline, over_us = asyncio.get_running_loop().time() + _COUNTED_S, time.time_ns() // 1_000
        while True:
            said = await asyncio.to_thread(organiser.passages, made.occasion)
            found, _ = congress_truth.compared(made, told_gate.noted(self._files.notes), said, over_us)
            if found.is_right or asyncio.get_running_loop().time() > deadline:
                return found
            await asyncio.sleep(_AGAIN_S)
