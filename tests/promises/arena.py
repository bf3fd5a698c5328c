"""Everything that Wardroom is, as separate processes under load, to be killed, stopped, frozen, cut off and brought back.

Gateways → (a line) → broker → ingest → database, and center → a wall that stays. Entered, everything but the edges runs; `load` runs those.
"""

import asyncio
import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec
import psutil

from simulators import services, status
from simulators.configs import HOST
from simulators.line import Line
from simulators.status import FleetStatus
from tests.promises import memory
from tests.promises.backstage import Backstage
from tests.promises.parts import Parts
from tests.promises.scenery import Scenery, Wanted
from tests.promises.witness import Picture, Witness
from tests.servers.running import Running
from tests.servers.volume import Volume

READY_S: Final = 90.0
RECOVER_S: Final = 180.0
_LOOK_S: Final = 0.05


class Arena:
    """One of it; `line` is the way of all gateways to the broker where `load` is told to take it, `wall_line` the wall's to the center."""

    def __init__(self, folder: Path, wanted: Wanted) -> None:
        self.wanted = wanted
        self.scenery = Scenery(folder, wanted)
        self.parts: dict[str, Running] = {}
        self.killed = 0
        """Gateways that were killed with their edge, each time counted."""
        self.first_memory: dict[str, float] = {}
        self.last_memory: dict[str, float] = {}
        self.load_s = 0.0
        """How long the gateways were under load, all loads together."""
        self.line = Line(host=HOST, port=self.scenery.ports.broker)
        self.wall_line = Line(host=HOST, port=self.scenery.ports.wall)
        self.gates: Running | None = None
        """The gateways with gates, where some are wanted; the test starts and stops them."""
        self.witness: Witness
        self._exits = ExitStack()
        self._made: Parts

    def __enter__(self) -> Self:
        with ExitStack() as exits:
            self._made = Parts(self.scenery, exits)
            self._backstage = exits.enter_context(Backstage())
            exits.callback(self._end)
            self._set_up()
            self._exits = exits.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._exits.close()
        assert kind is not None or not (left := self.left_behind()), f"processes that nobody ended: {left}"

    @property
    def ingesters(self) -> tuple[str, ...]:
        return tuple(name for name in self.parts if name.startswith("ingest"))

    @property
    def volumes(self) -> dict[str, Volume]:
        return self._made.volumes

    @property
    def broker_store(self) -> Path:
        return self._made.broker_store

    @property
    def superuser(self) -> str:
        """The database's own superuser's connection string to Wardroom's database: the verdict sees everything."""
        assert self._made.cluster is not None, "not set up"
        return self._made.cluster.conninfo("wardroom")

    @contextmanager
    def load(self, *, through_line: bool = False) -> Iterator[None]:
        """Have the gateways measure and send; afterwards they have stopped, and all they had is receipted (or a test says otherwise)."""
        port = self.line.port if through_line else self.scenery.ports.broker
        for edge in self.scenery.edges:
            self.scenery.gateways(edge, port)
            self.parts[edge].launch()
        try:
            for edge in self.scenery.edges:
                self.parts[edge].until_ready(READY_S)
            self.recovered()
            self.first_memory = self.first_memory or self.memory()
            began = time.monotonic()
            yield
            self.load_s += time.monotonic() - began
            self.all_run()
            self.last_memory = self.memory()
        except BaseException:
            for edge in self.scenery.edges:
                self.parts[edge].kill()  # a failure need not wait until all is drained, which it may never be
            raise
        self._stop_edges()

    def kill(self, name: str) -> None:
        """SIGKILL a part."""
        self.killed += self.wanted.gateways if name in self.scenery.edges else 0
        self.parts[name].kill()

    def start(self, names: Iterable[str]) -> None:
        """Start parts in this order, all at once, and wait until each answers."""
        names = tuple(names)
        for name in names:
            self.parts[name].launch()
        for name in names:
            self.parts[name].until_ready(READY_S)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Have a part stand still."""
        self.parts[name].send(signal.SIGSTOP)
        try:
            yield
        finally:
            self.parts[name].send(signal.SIGCONT)

    def set_line(self, *, cut: bool = False, swallowed: bool = False, delay_s: float = 0.0, jitter_s: float = 0.0) -> None:
        """Say how the gateways' line and the wall's are from now on; without arguments they are whole."""
        for line in (self.line, self.wall_line):
            self._backstage.do(partial(line.set, cut=cut, swallowed=swallowed, delay_s=delay_s, jitter_s=jitter_s))

    def told(self, since: float = 0.0) -> list[FleetStatus]:
        """Return what each edge has said of itself after `since` (seconds since 1970), at most five seconds ago."""
        files = [self.scenery.status(edge) for edge in self.scenery.edges]
        told = [status.read(file, FleetStatus) for file in files if services.is_fresh(file) and file.stat().st_mtime > since]
        return [each for each in told if each is not None]

    def backlog(self, since: float = 0.0) -> int | None:
        """Return how many packs wait for a receipt in all outboxes, None unless every gateway is connected and said so after `since`."""
        told = self.told(since)
        if len(told) < len(self.scenery.edges) or any(each.connected < each.gateways for each in told):
            return None
        return sum(each.backlog for each in told)

    def recovered(self, within_s: float = RECOVER_S) -> float:
        """Wait until what has no receipt is not older than a second or so; return the seconds that took, to the second."""
        began, since = time.monotonic(), time.time()
        few = self.wanted.samples_per_s
        backlog: int | None = None
        while (backlog := self.backlog(since)) is None or backlog > few:
            self.all_run()
            assert time.monotonic() - began < within_s, f"{backlog} packs still have no receipt after {within_s:g} s"
            time.sleep(_LOOK_S)
        return time.monotonic() - began

    def piled_up(self, packs: float, within_s: float = 30.0) -> None:
        """Wait until more than so many packs have no receipt: what is measured gathers, however slow the machine."""
        deadline = time.monotonic() + within_s
        while (waiting := sum(each.backlog for each in self.told())) <= packs:
            assert time.monotonic() < deadline, f"only {waiting} packs wait for a receipt: somebody gives receipts for what is not stored"
            time.sleep(_LOOK_S)

    def all_run(self) -> None:
        """Fail where a part ended by itself."""
        gone = [name for name, part in self.parts.items() if not part.running]
        assert not gone, f"ended by itself: {[(name, self.last_words(name)) for name in gone]}"

    def last_words(self, name: str) -> str:
        file = self.scenery.folder.log(name)
        return "\n".join(file.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]) if file.exists() else "-"

    def memory(self) -> dict[str, float]:
        """Return what each part's processes take, shared memory by its share (MiB)."""
        return {name: memory.taken(part.pid) for name, part in self.parts.items() if part.running}

    def fresh(self) -> tuple[Picture, Picture]:
        """Return what the wall that stayed shows, and what a page opened now shows."""
        return self._backstage.run(self.witness.compared())

    def left_behind(self) -> list[str]:
        """Return the processes that belong to this arena and still run, a moment of grace given."""
        deadline = time.monotonic() + 5
        while (left := list(self._own())) and time.monotonic() < deadline:
            time.sleep(_LOOK_S)
        return left

    def _set_up(self) -> None:
        self.scenery.write()
        self.parts["database"] = self._made.database()
        self.parts["database"].start(READY_S)
        self._made.provision()
        asyncio.run(services.once(self.scenery.folder, "db", "upgrade", "--config", str(self.scenery.config("schema"))))
        self.parts["broker"] = self._made.broker()
        for number in range(self.wanted.ingesters):
            self.parts["ingest" if not self.wanted.sharing else f"ingest-{number + 1}"] = self._made.ingest(number)
        self.parts["center"] = self._made.center()
        self.start(name for name in self.parts if name != "database")
        self._backstage.run(self.line.__aenter__())
        self._backstage.run(self.wall_line.__aenter__())
        config = ("--config", str(self.scenery.config("center")))
        made = asyncio.run(services.once(self.scenery.folder, "access", "wall-token", "--label", "arena", *config))
        self.witness = Witness(f"ws://{HOST}:{self.wall_line.port}/ws", msgspec.json.decode(made)["token"])
        self._backstage.start(self.witness.run(), "witness")
        self.parts |= {edge: self._made.edge(edge) for edge in self.scenery.edges}
        if self.wanted.gates:
            self.gates = self._made.gates()

    def _stop_edges(self) -> None:
        """Ask all edges to stop at once, so that they drain together."""
        edges = [self.parts[edge] for edge in self.scenery.edges]
        for edge in edges:
            if edge.running:
                edge.send(signal.SIGTERM)
        for edge in edges:
            edge.stop()

    def _end(self) -> None:
        if self.gates is not None:
            self.gates.kill()
        for name in reversed(tuple(self.parts)):
            self.parts[name].kill() if name in self.scenery.edges else self.parts[name].stop()
        for line in (self.line, self.wall_line):
            self._backstage.run(line.__aexit__())

    def _own(self) -> Iterator[str]:
        roots = (str(self.scenery.folder.root), *map(str, self._made.homes))
        for process in psutil.process_iter():
            try:
                words = " ".join((process.cwd(), *process.cmdline()))
                alive = process.status() != psutil.STATUS_ZOMBIE and process.pid != os.getpid()
                if alive and any(root in words for root in roots):
                    yield f"{process.pid} {words[:200]}"
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
