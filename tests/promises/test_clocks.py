"""A wrong clock hides nothing: ten minutes ahead, twenty years back, never set, stepping back and forth in mid-run, years ahead.

Whatever a gateway's clock says, its readings are kept as they are and flagged, the packs keep their sequence and get their receipts,
resends come in time, and the latest of every series is the one the guard's rule names (the greatest least(time, received), then time), in
the table, in the center's memory, and in that of a center that starts afterwards.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final

import pytest

from edge.app import App
from edge.intake import Account
from ingest.batch import Message
from tests.center.running import RunningCenter, eventually, pages
from tests.center.running import settings as center_settings
from tests.edge.drivers import Scripted
from tests.edge.factories import sensor
from tests.edge.factories import settings as edge_settings
from tests.ingest.factories import NOW_US, Desk, pack, reading, settings
from tests.ingest.process import Process
from tests.promises import ledger
from tests.promises.ledger import DAY_US, Ledger, S
from tests.promises.scale import FULL, SEED, note
from tests.promises.store import everywhere, query
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from wardroom.clock import SystemClock
from wardroom.messages import Outcome
from wardroom.senml import ABSOLUTE_US, Reading
from wardroom.topics import Gateway

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 120)]

YEAR_US: Final = 365 * DAY_US
STEPS: Final = {
    "right": (0, 0),
    "ahead": (600 * S, 600 * S),
    "back": (-20 * YEAR_US, -20 * YEAR_US),
    "set": (600 * S, 0),
    "unset": (-50 * YEAR_US, 0),
    "falls": (0, -3_600 * S),
    "leaps": (0, 3 * YEAR_US),
    "returns": (3 * YEAR_US, 0),
}
"""Microseconds a gateway's clock is ahead, before and after it is set."""
ROUNDS = 400 if FULL else 60
RUN_S = 20.0 if FULL else 1.0
FLAGS = """
SELECT count(*) FROM {table} WHERE flags <> (CASE WHEN time - received > INTERVAL '5 minutes' THEN 1 ELSE 0 END)
    + (CASE WHEN time < '2026-01-01T00:00:00Z' THEN 2 ELSE 0 END) + (CASE WHEN received - time > INTERVAL '1 minute' THEN 4 ELSE 0 END)"""


async def test_whatever_the_clock_the_table_has_the_latest_of_the_rule(desk: Desk) -> None:
    kept, random = Ledger(), Random(SEED)
    site = "vp-test"
    batch: list[Message] = []
    for turn in range(ROUNDS):
        for name, steps in STEPS.items():
            skew_us = steps[turn >= ROUNDS // 2]
            received_us = NOW_US + turn * S + random.randrange(S)
            readings = [reading(random.random(), on_wire(received_us + skew_us - age)) for age in sorted({0, random.randrange(1, 9 * S)})]
            for one in readings:
                kept.receive((name, one.sensor, one.quantity), one.observed_us, one.value, received_us)
            batch.append(pack(*readings, seq=turn, received_us=received_us, gateway=Gateway(site, name)))
        if random.random() < 0.2 or turn == ROUNDS - 1:
            assert set((await desk.store(*batch)).values()) == {Outcome.STORED}
            assert ledger.latest(desk.database, site) == kept.latest()
            batch = []
    assert ledger.rows(desk.database, site) == kept.rows()
    assert query(desk.database, FLAGS.format(table=everywhere(desk.database))) == [(0,)]
    assert near(ledger.rollup(desk.database, site, "reading_1h")) == near(kept.rollup(3_600 * S))
    newest = {key: max(received for _, received in series.values()) for key, series in kept.stored.items()}
    shown = {key[0]: newest[key] - kept.stored[key][time_us][1] for key, (time_us, _) in kept.latest().items()}
    late = {name for name, hidden_us in shown.items() if hidden_us > 9 * S}
    assert late == {"falls"}  # whose readings cannot be told from late ones; nobody's are hidden by what a wrong clock said before
    note("clocks: table", database=desk.database.kind, readings=len(kept.rows()), gateways=len(STEPS))


def on_wire(at_us: int) -> int:
    """Return an instant as a gateway sends it: what is before SenML's times is moved to their beginning."""
    return at_us if at_us >= ABSOLUTE_US else at_us + ABSOLUTE_US


def near(buckets: dict[tuple[ledger.Key, int], ledger.Bucket]) -> dict[tuple[ledger.Key, int], ledger.Bucket]:
    """Return the buckets of times that a clock near the right one says: what is years away need not be in a rollup."""
    found = {at: bucket for at, bucket in buckets.items() if abs(at[1] - NOW_US) < DAY_US}
    assert len(found) >= len(STEPS) - 3
    return found


@dataclass
class SteppingClock:
    """This machine's clock, ahead by what the test says; the monotonic one is right, as in life."""

    ahead_us: int = 0
    system: SystemClock = field(default_factory=SystemClock)

    def now_us(self) -> int:
        return max(0, self.system.now_us() + self.ahead_us)

    def monotonic(self) -> float:
        return self.system.monotonic()


@dataclass
class Edge:
    """A real agent whose clock steps; `taken` is what its sensor measured, by the instant on the wire."""

    gateway: Gateway
    clock: SteppingClock
    steps: tuple[int, int]
    taken: dict[int, float] = field(default_factory=dict)
    app: App | None = None

    def tap(self, _gateway: Gateway, readings: tuple[Reading, ...]) -> None:
        self.taken |= {one.observed_us: one.value for one in readings}


@asynccontextmanager
async def edges(broker: TestBroker, site: str, folder: Path) -> AsyncIterator[list[Edge]]:
    """Run an agent for each way a clock can be wrong."""
    made = []
    Scripted.script = float
    async with asyncio.TaskGroup() as tasks:
        running = []
        for name, steps in STEPS.items():
            edge = Edge(Gateway(site, name), SteppingClock(steps[0]), steps)
            account = broker.add_gateway(site, name)
            chosen = edge_settings(
                folder / name, broker=account, sensors=(sensor(),), site=site, gateway=name, resend_first_s=0.3, resend_last_s=1.0
            )
            edge.app = App(chosen, clock=edge.clock, account=Account(edge.tap))
            running.append(tasks.create_task(edge.app.run()))
            made.append(edge)
        yield made
        for task in running:
            task.cancel()


async def hub_agrees(center: RunningCenter, database: TestDatabase, site: str) -> bool:
    """Return whether the center's memory has the latest of the table, series by series."""
    numbered = {
        (str(gateway), str(name), str(quantity)): int(str(number))
        for number, gateway, name, quantity in query(database, f"SELECT id, gateway, sensor, quantity FROM series WHERE site = '{site}'")
    }
    stored = ledger.latest(database, site)
    shown = {key: center.room.hub.latest(number) for key, number in numbered.items()}
    return stored == {key: (one.time_us, one.value) for key, one in shown.items() if one is not None}


async def test_an_edge_whose_clock_steps_loses_nothing_and_hides_nothing(
    plain_spine: TestDatabase, broker: TestBroker, tmp_path: Path
) -> None:
    site = f"site-{secrets.token_hex(4)}"
    chosen = settings(plain_spine, broker=broker.broker("ingest"))
    looking = center_settings(plain_spine.center, broker.broker("center"), web=pages(tmp_path / "web"))
    async with AsyncExitStack() as stack:
        center = await stack.enter_async_context(RunningCenter(looking, plain_spine))
        running = await stack.enter_async_context(edges(broker, site, tmp_path))
        async with Process(chosen) as first:
            await first.connected()
            await asyncio.sleep(RUN_S)
        for edge in running:  # while nobody gives receipts, the clock is set
            edge.clock.ahead_us = edge.steps[1]
        await asyncio.sleep(RUN_S)
        await stack.enter_async_context(Process(chosen))
        await asyncio.sleep(RUN_S)
        for edge in running:
            assert edge.app is not None
            await edge.app.quiet()
        await eventually(lambda: empty(running))
        expected = {((edge.gateway.gateway, "air1", "temperature"), at, value) for edge in running for at, value in edge.taken.items()}
        assert ledger.rows(plain_spine, site) == expected
        assert query(plain_spine, f"SELECT sum(missing)::int FROM delivery_gap WHERE site = '{site}'") == [(0,)]
        assert query(plain_spine, FLAGS.format(table=everywhere(plain_spine))) == [(0,)]
        ranked = "SELECT DISTINCT ON (series_id) gateway, {us}, value FROM {table} JOIN series s ON s.id = series_id WHERE site = '{site}'"
        ranked = ranked.format(us="(extract(epoch FROM time) * 1000000)::bigint", table=everywhere(plain_spine), site=site)
        right = query(plain_spine, f"{ranked} ORDER BY series_id, least(time, received) DESC, time DESC")
        assert {(key[0], *row) for key, row in ledger.latest(plain_spine, site).items()} == set(right)
        await eventually(lambda: hub_agrees(center, plain_spine, site))
        await center.leave()
        restarted = await stack.enter_async_context(RunningCenter(looking, plain_spine))
        await eventually(lambda: hub_agrees(restarted, plain_spine, site))
        check_order(plain_spine, running)
        note("clocks: edge", gateways=len(running), readings=len(expected))


async def empty(running: list[Edge]) -> bool:
    return sum([await edge.app.backlog() for edge in running if edge.app is not None]) == 0


def check_order(database: TestDatabase, running: list[Edge]) -> None:
    """Packs are numbered as they were measured, whatever the clock said: the values, which count up, follow the instants of each clock."""
    for edge in running:
        at = sorted(edge.taken.items(), key=lambda each: each[1])
        values = [value for _, value in at]
        assert values == [float(number) for number in range(len(values))]
        assert all(time_us >= ABSOLUTE_US for time_us, _ in at)
        assert falls([time_us for time_us, _ in at]) == (edge.steps[1] < edge.steps[0]), edge.gateway
        own = f"site = '{edge.gateway.site}' AND gateway = '{edge.gateway.gateway}'"
        sent = query(database, f"SELECT extract(epoch FROM sent)::float8 FROM delivery WHERE {own} ORDER BY seq")
        assert falls([float(str(at_s)) for (at_s,) in sent]) == (edge.steps[1] < edge.steps[0]), edge.gateway


def falls(instants: Sequence[float]) -> int:
    """Return how often time goes back."""
    return sum(after < before for before, after in pairwise(instants))
