import asyncio
from contextvars import copy_context
from typing import Any

import pytest

from edge.drivers.loading import factory
from edge.settings import QuantitySettings, SensorSettings
from simulators.scenarios import RHYTHMS, SCENE, Kind, Scene
from simulators.signals import value
from simulators.sources import Simulated
from tests.simulators.test_scenarios import NOW_US, StillClock, fault
from wardroom.errors import ConfigError
from wardroom.messages import Name


def sensor(*, options: dict[str, Any] | None = None, signal: dict[str, Any] | None = None, unit: str = "Cel") -> SensorSettings:
    return SensorSettings(
        id="air",
        name=Name("Không khí", "Air"),
        driver="simulators.sources:Simulated",
        period_s=5.0,
        quantities=(QuantitySettings(id="temperature", unit=unit, options=signal or {}),),
        options=options or {},
    )


async def test_a_sensor_shows_the_signal_of_its_place_and_time() -> None:
    source = factory(sensor(options={"seed": 9, "place": "tdp-05/air"}))(sensor(options={"seed": 9, "place": "tdp-05/air"}), StillClock())

    (sample,) = await source.read()

    assert isinstance(source, Simulated)
    assert (sample.quantity, sample.observed_us) == ("temperature", None)
    assert sample.value == value("temperature", seed=9, place="tdp-05/air", time_us=NOW_US)


async def test_a_wrong_clock_does_not_change_the_weather() -> None:
    right = await Simulated(sensor(), StillClock()).read()
    _, wrong = faulty(Kind.CLOCK_AHEAD, None)

    assert await wrong.read() == right


def faulty(kind: Kind, at: str | None = "air") -> tuple[StillClock, Simulated]:
    still = StillClock()
    scene = Scene(still, [fault(kind, at)])
    return still, copy_context().run(made_in, scene)


def made_in(scene: Scene) -> Simulated:
    SCENE.set(scene)
    return Simulated(sensor(), scene)


async def test_a_stuck_sensor_goes_on_showing_its_last_value_until_it_is_well() -> None:
    still, source = faulty(Kind.STUCK)
    rhythm = RHYTHMS[Kind.STUCK]
    before = await source.read()

    still.seconds = rhythm.first_s + rhythm.first_lasts_s - 1
    assert await source.read() == before
    still.seconds = 7_200
    source._scene = None
    assert await source.read() != before


async def test_a_silent_sensor_never_answers() -> None:
    still, source = faulty(Kind.SILENT)
    assert await source.read()

    still.seconds = RHYTHMS[Kind.SILENT].first_s
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await source.read()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (sensor(signal={"signal": "warmth"}), "'warmth' is no signal; use one of temperature"),
        (sensor(unit="K"), "'K' is not the unit of the signal temperature; use 'Cel'"),
        (sensor(options={"sed": 1}), "options.sed"),
        (sensor(options={"seed": "one"}), "options.seed"),
        (sensor(signal={"sort": "x"}), "temperature.options.sort"),
    ],
)
def test_a_wrong_option_is_one_sentence_that_names_sensor_and_field(wrong: SensorSettings, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Simulated(wrong, StillClock())

    assert sentence in str(caught.value)
    assert "air" in str(caught.value)
