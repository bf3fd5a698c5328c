"""(signal, seed, place, time) → value: the ward's weather, air, rooms and doors as pure functions of the time.

One weather for the whole ward: rain cools the air, wets it, washes the dust out, raises the water and hums in the microphones;
places differ by a little. The day is Vietnam's (UTC+7).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, exp, pi, sin
from typing import Final

from simulators.noise import jump, smooth, uniform

_VIETNAM_S: Final = 7 * 3_600
_DAY_S: Final = 86_400
_HOUR_S: Final = 3_600
_KEPT: Final = 4_096


@dataclass(frozen=True, slots=True)
class Moment:
    """Where and when a signal is asked for; `time_s` is seconds since 1970 UTC."""

    seed: int
    place: str
    time_s: float

    @property
    def hour(self) -> float:
        """The local hour, 0 to 24."""
        return (self.time_s + _VIETNAM_S) % _DAY_S / _HOUR_S

    @property
    def workday(self) -> bool:
        """Monday to Saturday morning: 1970-01-01 was a Thursday."""
        weekday = (int((self.time_s + _VIETNAM_S) // _DAY_S) + 3) % 7
        return weekday < 5 or (weekday == 5 and self.hour < 12)

    def offset(self, key: str) -> float:
        """Return this place's lasting difference from the others, -1 to 1."""
        return 2 * uniform(self.seed, f"{self.place}:{key}", 0) - 1

    def ward(self, key: str, scale_s: float) -> float:
        """Return what wanders over the whole ward, -1 to 1."""
        return smooth(self.seed, key, self.time_s, scale_s)

    def local(self, key: str, scale_s: float) -> float:
        """Return what wanders at this place alone, -1 to 1."""
        return smooth(self.seed, f"{self.place}:{key}", self.time_s, scale_s)

    def jump(self, key: str, *, every_s: float, lasts_s: float, chance: float) -> float:
        """Return how strongly something happens at this place just now, 0 or 0.5 to 1."""
        return jump(self.seed, f"{self.place}:{key}", self.time_s, every_s=every_s, lasts_s=lasts_s, chance=chance)


def _bump(hour: float, peak: float, width: float) -> float:
    distance = (hour - peak + 12) % 24 - 12
    return exp(-((distance / width) ** 2))


def _shower(at: Moment) -> float:
    """Return the ward's rain in mm/h: fronts of hours carry showers of half an hour."""
    return _rainfall(at.seed, at.time_s)


@lru_cache(maxsize=_KEPT)
def _rainfall(seed: int, time_s: float) -> float:
    front, shower = smooth(seed, "front", time_s, 5 * _HOUR_S), smooth(seed, "shower", time_s, 1_500)
    return 42 * max(0.0, 0.62 * front + 0.5 * shower - 0.25)


def _wet(at: Moment) -> float:
    return min(1.0, _shower(at) / 10)


def _rained(at: Moment) -> float:
    """Return the last twenty minutes' rain in mm/h: the air does not change at once."""
    return sum(_rainfall(at.seed, at.time_s - ago_s) for ago_s in (0, 300, 600, 900, 1_200)) / 5


def _season(at: Moment) -> float:
    day = (at.time_s + _VIETNAM_S) / _DAY_S % 365.25
    return 24 + 6 * cos(2 * pi * (day - 195) / 365.25)


def _cloud(at: Moment) -> float:
    return (1 + at.ward("cloud", 3 * _HOUR_S)) / 2


def _swing(at: Moment) -> float:
    """Return how much warmer than its season the air is."""
    sun = 3.6 * cos(2 * pi * (at.hour - 14.5) / 24) * (1 - 0.45 * _cloud(at))
    return sun - 2.5 * min(1.0, _rained(at) / 10) + 0.7 * at.ward("air", _HOUR_S)


def _temperature(at: Moment) -> float:
    return _season(at) + _swing(at) + 0.6 * at.offset("air") + 0.25 * at.local("air", 1_200)


def _humidity(at: Moment) -> float:
    return 78 - 2.6 * _swing(at) + 10 * min(1.0, _rained(at) / 10) + 2 * at.offset("humidity") + 1.2 * at.local("humidity", 300)


def _people(at: Moment) -> float:
    """Return how full an office is, 0 to 1."""
    if not at.workday:
        return 0.04
    full = _bump(at.hour, 9.5, 1.9) + _bump(at.hour, 15, 1.8)
    return 0.04 + 0.9 * min(1.0, full) * (0.9 + 0.1 * at.local("people", 900))


def _traffic(at: Moment) -> float:
    """Return how busy the streets are, 0 to 1."""
    rush = _bump(at.hour, 7.3, 1.2) + _bump(at.hour, 17.4, 1.4)
    return min(1.0, 0.12 + 0.5 * _bump(at.hour, 13, 5) + 0.6 * rush)


def _indoor_temperature(at: Moment) -> float:
    return 25.5 + 0.25 * (_temperature(at) - 25.5) + 1.2 * _people(at) + 0.2 * at.local("room", 600)


def _indoor_humidity(at: Moment) -> float:
    return 55 + 0.3 * (_humidity(at) - 70) + 3 * _people(at) + at.local("room-humidity", 600)


def _dust(at: Moment) -> float:
    still = 26 + 11 * at.ward("still", 6 * _HOUR_S) + 15 * _traffic(at)
    return still * exp(-_rained(at) / 14) * (1 + 0.2 * at.offset("dust")) + 2.5 * at.local("dust", 420)


def _pm25(at: Moment) -> float:
    return _dust(at) + 45 * at.jump("burning", every_s=2_400, lasts_s=240, chance=0.12)


def _pm10(at: Moment) -> float:
    return 1.5 * _dust(at) + 9 + 3 * at.local("sand", 300) + 70 * at.jump("sweeping", every_s=3_600, lasts_s=180, chance=0.15)


def _co2(at: Moment) -> float:
    return 430 + 560 * _people(at) * (1 + 0.15 * at.offset("room")) + 25 * at.local("breath", 420)


def _noise(at: Moment) -> float:
    street = 43 + 17 * _traffic(at) + 2.5 * at.offset("street") + 1.8 * at.local("street", 90)
    return street + 4 * _wet(at) + 14 * at.jump("lorry", every_s=240, lasts_s=18, chance=0.35)


def _rain(at: Moment) -> float:
    return _shower(at) * (1 + 0.15 * at.offset("rain") + 0.1 * at.local("rain", 300))


def _flood_level(at: Moment) -> float:
    """Return metres over the gauge's zero: the last four hours' rain, running off with a half-life of an hour."""
    step_s = 600
    fallen = sum(_rainfall(at.seed, at.time_s - k * step_s) * exp(-k * step_s / 5_200) for k in range(24))
    return 0.03 + 0.004 * fallen * (1 + 0.4 * at.offset("basin")) + 0.004 * at.local("ripple", 60)


def _smoke(at: Moment) -> float:
    return 4 + 1.5 * at.local("haze", 300) + 45 * at.jump("incense", every_s=1_800, lasts_s=60, chance=0.1)


def _power(at: Moment) -> float:
    cooling = 1 + 0.07 * max(0.0, _temperature(at) - 26)
    compressor = 3.2 * at.jump("compressor", every_s=420, lasts_s=260, chance=0.8) * _people(at)
    return 2.1 + 13 * _people(at) * cooling + compressor + 0.3 * at.local("load", 900) + 0.05 * at.local("ripple", 45)


def _voltage(at: Moment) -> float:
    return (
        228
        - 5 * _bump(at.hour, 19, 2.2)
        - 3 * _bump(at.hour, 11, 2)
        + 1.5 * at.offset("line")
        + 0.9 * at.local("line", 900)
        + 0.15 * at.local("ripple", 60)
    )


def _light(at: Moment) -> float:
    sun = max(0.0, sin(pi * (at.hour - 5.6) / 12.4))
    return 52_000 * sun * (1 - 0.75 * _cloud(at)) * (1 - 0.5 * _wet(at)) + 12 + 6 * at.local("lamp", 1_200)


def _door(at: Moment) -> float:
    busy = 0.08 + 0.7 * _people(at)
    return float(at.jump("door", every_s=45, lasts_s=9, chance=busy) > 0)


def _tamper(at: Moment) -> float:
    return float(at.jump("tamper", every_s=7_200, lasts_s=20, chance=0.05) > 0)


def _queue(at: Moment) -> float:
    return 22 * _people(at) * (1 + 0.35 * at.local("queue", 420)) - 1.5


@dataclass(frozen=True, slots=True)
class Signal:
    """What a sensor of this kind can show: its unit, the step of its display, its bounds and the truth behind it."""

    unit: str
    step: float
    low: float
    high: float
    truth: Callable[[Moment], float]

    @property
    def wanders(self) -> bool:
        """Whether it never stands still, so that one that does is stuck."""
        return bool(self.unit) and self.unit not in {"mm/h", "person", "m"}


SIGNALS: Final[dict[str, Signal]] = {
    "temperature": Signal("Cel", 0.1, -5, 50, _temperature),
    "indoor_temperature": Signal("Cel", 0.1, 5, 45, _indoor_temperature),
    "humidity": Signal("%RH", 0.1, 20, 100, _humidity),
    "indoor_humidity": Signal("%RH", 0.1, 20, 100, _indoor_humidity),
    "pm25": Signal("ug/m3", 0.1, 1, 500, _pm25),
    "pm10": Signal("ug/m3", 0.1, 2, 600, _pm10),
    "co2": Signal("ppm", 1, 400, 5_000, _co2),
    "noise": Signal("dB", 0.1, 30, 120, _noise),
    "rain": Signal("mm/h", 0.1, 0, 200, _rain),
    "flood_level": Signal("m", 0.001, 0, 5, _flood_level),
    "smoke": Signal("ppm", 0.1, 0, 1_000, _smoke),
    "power": Signal("kW", 0.01, 0, 200, _power),
    "voltage": Signal("V", 0.1, 180, 260, _voltage),
    "light": Signal("lx", 1, 0, 120_000, _light),
    "door": Signal("", 1, 0, 1, _door),
    "tamper": Signal("", 1, 0, 1, _tamper),
    "queue": Signal("person", 1, 0, 80, _queue),
}


def value(name: str, *, seed: int, place: str, time_us: int) -> float:
    """Return what the signal `name` shows at `place`, `time_us` microseconds after 1970 UTC, on the sensor's own steps."""
    signal = SIGNALS[name]
    shown = signal.truth(Moment(seed, place, time_us / 1_000_000))
    if signal.unit and shown > signal.low:
        shown += (uniform(seed, f"{place}:{name}:jitter", time_us) - 0.5) * 2 * signal.step
    return round(round(min(signal.high, max(signal.low, shown)) / signal.step) * signal.step, 6)
