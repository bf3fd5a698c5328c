import pytest

from simulators.signals import SIGNALS, value
from simulators.ward import GATEWAYS

MONDAY_NOON_US = 1_794_805_200 * 1_000_000  # 2026-11-16 12:00 in Vietnam
HOUR_US = 3_600 * 1_000_000
DAY_US = 24 * HOUR_US


def course(name: str, *, hours: int = 48, seed: int = 3, place: str = "tdp-01/air") -> list[float]:
    return [value(name, seed=seed, place=place, time_us=MONDAY_NOON_US + minute * 60_000_000) for minute in range(0, hours * 60, 10)]


@pytest.mark.parametrize("name", SIGNALS)
def test_the_same_question_has_the_same_answer(name: str) -> None:
    assert course(name) == course(name)


@pytest.mark.parametrize("name", [name for name in SIGNALS if name != "tamper"])
def test_another_seed_is_another_ward(name: str) -> None:
    days = range(0, 20 * 24 * 60, 7)
    one, other = ([value(name, seed=seed, place="p", time_us=MONDAY_NOON_US + minute * 60_000_000) for minute in days] for seed in (1, 2))

    assert one != other


@pytest.mark.parametrize("name", SIGNALS)
def test_every_value_is_within_the_sensors_bounds_and_on_its_steps(name: str) -> None:
    signal = SIGNALS[name]

    for shown in course(name, hours=24 * 4):
        assert signal.low <= shown <= signal.high
        assert abs(shown / signal.step - round(shown / signal.step)) < 1e-6


def average(name: str, hour: int, *, workdays: int = 5) -> float:
    at = [MONDAY_NOON_US + day * DAY_US + (hour - 12) * HOUR_US + minute * 60_000_000 for day in range(workdays) for minute in range(60)]
    return sum(value(name, seed=3, place="vp-ubnd/x", time_us=time_us) for time_us in at) / len(at)


@pytest.mark.parametrize(
    ("name", "more_at", "less_at"),
    [
        ("temperature", 14, 4),  # the afternoon is warm
        ("humidity", 4, 14),  # and dry
        ("co2", 10, 3),  # people breathe in office hours
        ("power", 10, 23),  # and use power
        ("queue", 9, 20),  # and come for their papers
        ("noise", 17, 3),  # the streets are loud in the evening rush
        ("pm25", 18, 3),  # and dusty
        ("light", 12, 0),
        ("voltage", 3, 19),  # the line sags in the evening
    ],
)
def test_the_day_has_its_course(name: str, more_at: int, less_at: int) -> None:
    assert average(name, more_at) > average(name, less_at)


def test_the_weather_is_one_rain_cools_wets_washes_and_floods() -> None:
    rain, warm, wet, dust = (course(name, hours=24 * 14) for name in ("rain", "temperature", "humidity", "pm25"))
    raining = [index for index, fall in enumerate(rain) if fall > 5]
    dry = [index for index, fall in enumerate(rain) if fall == 0]

    def mean(values: list[float], at: list[int]) -> float:
        return sum(values[index] for index in at) / len(at)

    assert raining
    assert dry
    assert mean(warm, raining) < mean(warm, dry)
    assert mean(wet, raining) > mean(wet, dry)
    assert mean(dust, raining) < mean(dust, dry)
    flood = course("flood_level", hours=24 * 14)
    assert mean(flood, raining) > 2 * mean(flood, [index for index in dry if not any(rain[max(0, index - 36) : index])])


def test_neighbours_share_the_weather_but_not_the_noise() -> None:
    here, there = course("temperature", place="tdp-01/air"), course("temperature", place="tdp-02/air")

    assert here != there
    assert max(abs(one - other) for one, other in zip(here, there, strict=True)) < 3


def test_the_ward_is_as_large_as_promised() -> None:
    sensors = [sensor for gateway in GATEWAYS for sensor in gateway.sensors]

    assert len(GATEWAYS) == 48
    assert len({(gateway.site.id, gateway.id) for gateway in GATEWAYS}) == 48
    assert len({gateway.site.id for gateway in GATEWAYS}) == 44
    assert len(sensors) >= 60
    assert all(quantity.signal in SIGNALS for sensor in sensors for quantity in sensor.quantities)
