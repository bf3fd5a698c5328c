import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from edge.drivers.loading import made
from edge.roster import Roster, Running
from edge.sensors import Polling
from edge.settings import SensorSettings
from tests.edge.drivers import Kept, Scripted
from tests.edge.factories import sensor
from tests.edge.waiting import until
from wardroom.clock import SystemClock
from wardroom.errors import ConfigError


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    Scripted.made.clear()
    yield
    Scripted.made.clear()


@asynccontextmanager
async def a_roster() -> AsyncIterator[tuple[Roster[SensorSettings], Kept]]:
    kept = Kept()
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:

        def ready(settings: SensorSettings) -> Running:
            return Polling(settings, made(settings, SystemClock()), clock=SystemClock(), sink=kept).run

        roster = Roster[SensorSettings](tasks, "sensor", ready)
        holding = tasks.create_task(stop.wait())
        try:
            yield roster, kept
        finally:
            stop.set()
            await holding
            await roster.apply(())


async def test_what_did_not_change_goes_on_and_what_is_gone_is_let_go() -> None:
    async with a_roster() as (roster, _):
        assert await roster.apply((sensor(id="a"), sensor(id="b")))
        assert not await roster.apply((sensor(id="a"), sensor(id="b")))
        a, b = Scripted.made
        await until(lambda: a.calls > 1 and b.calls > 1)

        assert await roster.apply((sensor(id="a"), sensor(id="c")))

        assert [one.id for one in roster.settings] == ["a", "c"]
        assert (a.closed, b.closed) == (0, 1)
        assert [one.sensor.id for one in Scripted.made] == ["a", "b", "c"]


async def test_a_changed_sensor_is_let_go_before_it_is_opened_again() -> None:
    async with a_roster() as (roster, _):
        await roster.apply((sensor(id="a"),))
        first = Scripted.made[0]
        await until(lambda: first.calls > 0)
        await roster.apply((sensor(id="a", period_s=0.03),))

        assert first.closed == 1
        second = Scripted.made[1]
        await until(lambda: second.calls > 0)


@pytest.mark.parametrize("driver", ["os:system", "..x:Y", "subprocess:Popen", "nowhere:Nobody"])
async def test_a_driver_that_is_none_and_the_whole_old_set_stays(driver: str) -> None:
    async with a_roster() as (roster, _):
        await roster.apply((sensor(id="a"),))
        with pytest.raises(ConfigError):
            await roster.apply((sensor(id="b"), sensor(id="c", driver=driver)))

        assert [one.id for one in roster.settings] == ["a"]
        assert Scripted.made[0].closed == 0


async def test_one_bad_sensor_and_the_whole_old_set_stays() -> None:
    async with a_roster() as (roster, _):
        await roster.apply((sensor(id="a"),))
        with pytest.raises(ConfigError):
            await roster.apply((sensor(id="b"), sensor(id="c", options={"refuse": True})))

        assert [one.id for one in roster.settings] == ["a"]
        assert Scripted.made[0].closed == 0
