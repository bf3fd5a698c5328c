"""options → the whole of Wardroom with a simulated ward: started, shown, drained, compared, stopped."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from msgspec import Struct
from rich.console import Console

from simulators import hall, pixels, report, status, verify
from simulators.configs import HOST
from simulators.congress import Congress
from simulators.folder import MODELS, Folder, Kept
from simulators.panel import Shown, show
from simulators.pixels import Pixels
from simulators.report import Process, Report
from simulators.sign_in import SignIn, sign_in
from simulators.space import Space
from simulators.stack import SHOWN, Running, Stack
from simulators.status import ProbeStatus
from simulators.verify import Outcome
from wardroom import settings, texts

_DRAIN_S: Final = 90.0
_DRAIN_AT_CTRL_C_S: Final = 10.0
_FORCED: Final = 130


class DemoSettings(Struct, frozen=True, kw_only=True):
    """What the command line asks for; without `seconds` it runs until Ctrl-C."""

    folder: Path
    port: int
    seed: int
    seconds: float | None = None
    report: Path | None = None
    panel: bool = True
    history: bool = True
    congress: bool = True
    pixels: Pixels | None = None


class Demo:
    """One run of the demo."""

    def __init__(self, chosen: DemoSettings, console: Console) -> None:
        self._chosen = chosen
        self._console = console
        self._language = settings.language()
        self.report: Report | None = None
        self._congress: Congress | None = None

    async def run(self) -> None:
        """Run until the time is over or cancelled, and leave nothing running."""
        folder = Folder(self._chosen.folder)
        with folder.held():
            kept = await asyncio.to_thread(folder.prepare, seed=self._chosen.seed, wall_port=self._chosen.port)
            self._say("demo_starting", folder=folder.root)
            try:
                async with self._stack(folder, kept) as stack:
                    await self._live(stack, await sign_in(stack))
                    self._say("demo_stopping")
            except asyncio.CancelledError:
                self._say("demo_stopped", folder=folder.root)
                raise
            self._say("demo_stopped", folder=folder.root)

    def _stack(self, folder: Folder, kept: Kept) -> Stack:
        return Stack(folder, kept, port=self._chosen.port, announce=self._say, history=self._chosen.history, pixels=self._chosen.pixels)

    async def _live(self, stack: Stack, signed: SignIn) -> None:
        drain_s = _DRAIN_AT_CTRL_C_S if self._chosen.seconds is None else _DRAIN_S
        async with stack.fleet(Running(seed=self._chosen.seed, drain_s=drain_s)), self._doors(stack):
            head = self._greeting(signed)
            self._console.print(head, highlight=False, soft_wrap=True)
            try:
                await self._shown(Shown(stack, head, self._congress))
            except asyncio.CancelledError:
                self._forced_next_time(stack)
                raise
            self._say("demo_draining")
        if self._chosen.seconds is not None:
            await self._compare(stack)

    @asynccontextmanager
    async def _doors(self, stack: Stack) -> AsyncIterator[None]:
        """Hold the congress beside the ward, if one is wanted."""
        if not self._chosen.congress:
            yield
            return
        compare = self._chosen.seconds is not None
        async with Congress(
            stack, seed=self._chosen.seed, announce=self._say, compare=compare, pixels=self._chosen.pixels
        ) as self._congress:
            yield

    async def _shown(self, shown: Shown) -> None:
        """Stay for as long as was asked for."""
        root = self._chosen.folder
        space = Space((root, root / "database"), self._say)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._chosen.seconds), asyncio.TaskGroup() as tasks:
                tasks.create_task(space.watch(), name="disk space")
                if self._chosen.panel:
                    await show(shown, self._console)
                await asyncio.Event().wait()

    async def _compare(self, stack: Stack) -> None:
        database = stack.database("ingest")
        outcome: Outcome = await asyncio.to_thread(verify.compare, stack.folder.ledgers, database.conninfo())
        probe = status.read(stack.folder.state / "probe.json", ProbeStatus)
        processes = {name: stack.processes[name] for name in SHOWN}
        measured = {name: Process(restarts=each.restarts, peak_rss_mb=round(each.peak_rss_mb, 1)) for name, each in processes.items()}
        attendance = None if self._congress is None else self._congress.attendance
        self.report = report.reported(outcome, probe, measured, attendance)
        if self._chosen.report is not None:
            report.write(self.report, self._chosen.report)
        self._console.print(report.told(outcome, self._language), highlight=False, soft_wrap=True)
        if attendance is not None:
            self._console.print(report.attended(attendance, self._language), highlight=False, soft_wrap=True)

    def _greeting(self, signed: SignIn) -> str:
        wall = f"http://{HOST}:{self._chosen.port}/"
        lines = [
            texts.say("simulators.demo_wall", self._language, address=wall),
            texts.say("simulators.demo_link", self._language, address=f"{wall}signin/#wall={signed.token}"),
        ]
        if self._chosen.congress:
            lines += self._doors_at(wall)
        if signed.password is None:
            lines.append(texts.say("simulators.demo_password_chosen", self._language, account=signed.account))
        else:
            lines.append(texts.say("simulators.demo_password", self._language, account=signed.account, password=signed.password))
        return "\n".join(lines)

    def _doors_at(self, wall: str) -> list[str]:
        """Return where the congress is to be seen, and what its faces lack to be real ones."""
        welcome = f"{wall}welcome/"
        lines = [
            texts.say("simulators.demo_desk", self._language, address=f"{wall}checkin"),
            texts.say("simulators.demo_welcome", self._language, main=welcome + hall.MAIN.id, side=welcome + hall.SIDE.id),
        ]
        if self._chosen.pixels is None:
            folder = self._chosen.folder / MODELS
            models = " ".join(pixels.missing(folder))
            key = "demo_pull" if models else "demo_portraits"
            lines.append(texts.say(f"simulators.{key}", self._language, models=models, folder=folder))
        return lines

    def _forced_next_time(self, stack: Stack) -> None:
        """Let a second Ctrl-C end everything at once: what is durable stays."""

        def forced() -> None:
            stack.kill()
            os._exit(_FORCED)

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, forced)
        self._say("demo_forcing")

    def _say(self, key: str, /, **data: object) -> None:
        full = key if "." in key else f"simulators.{key}"
        self._console.print(texts.say(full, self._language, **data), highlight=False, soft_wrap=True)
