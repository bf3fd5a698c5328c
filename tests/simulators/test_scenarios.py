import pytest

from simulators.scenarios import RHYTHMS, Fault, Kind, Scene, plan
from simulators.ward import GATEWAYS
from wardroom.messages import SiteKind
from wardroom.topics import Gateway

NOW_US = 1_795_000_000_000_000
PLACE = Gateway("tdp-05", "gw-1")


class StillClock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now_us(self) -> int:
        return NOW_US + round(self.seconds * 1_000_000)

    def monotonic(self) -> float:
        return 500 + self.seconds


def fault(kind: Kind, sensor: str | None = None) -> Fault:
    return Fault(kind, PLACE, sensor, 1, RHYTHMS[kind])


def test_the_plan_is_the_same_for_the_same_seed_and_leaves_the_offices_alone() -> None:
    offices = {gateway.site.id for gateway in GATEWAYS if gateway.site.kind is SiteKind.OFFICE}

    assert plan(7, GATEWAYS) == plan(7, GATEWAYS)
    assert plan(7, GATEWAYS) != plan(8, GATEWAYS)
    assert {fault.kind for fault in plan(7, GATEWAYS)} == set(Kind)
    assert len({fault.gateway for fault in plan(7, GATEWAYS)}) == len(Kind)
    assert not {fault.gateway.site for fault in plan(7, GATEWAYS)} & offices


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_fault_shows_within_the_first_minute_and_again_in_every_round(kind: Kind, seed: int) -> None:
    rhythm = RHYTHMS[kind]
    fault = Fault(kind, PLACE, None, seed, rhythm)
    course = [fault.active(second / 2) for second in range(2 * 1_400)]
    starts = [index / 2 for index, active in enumerate(course) if active and not (index and course[index - 1])]

    assert any(course[:120])
    assert starts[0] == rhythm.first_s
    if rhythm.every_s < 1_400:
        assert len(starts) >= (1_400 - rhythm.every_s) // rhythm.every_s
        assert sum(course) / len(course) < 0.6


def test_a_line_that_is_cut_stays_cut_for_a_minute_or_more_but_for_the_first_time() -> None:
    fault = Fault(Kind.DROP_OFF, PLACE, None, 4, RHYTHMS[Kind.DROP_OFF])
    seconds = [second for second in range(312, 612) if fault.active(second)]

    assert 60 <= len(seconds) <= 150
    assert seconds == list(range(seconds[0], seconds[-1] + 1))


@pytest.mark.parametrize(
    ("kind", "expected_us"),
    [
        (None, NOW_US),
        (Kind.STUCK, NOW_US),  # a sensor's fault leaves the clock alone
        (Kind.CLOCK_AHEAD, NOW_US + 600_000_000),
        (Kind.CLOCK_UNSET, 946_684_800_000_000 + NOW_US % (366 * 86_400_000_000)),
    ],
)
def test_the_gateways_clock_is_wrong_as_its_fault_says(kind: Kind | None, expected_us: int) -> None:
    clock = Scene(StillClock(), [] if kind is None else [fault(kind)])

    assert clock.now_us() == expected_us
    assert clock.true_us() == NOW_US


def test_an_unset_clock_says_the_year_2000_then_learns_the_time() -> None:
    still = StillClock()
    clock = Scene(still, [fault(Kind.CLOCK_UNSET)])
    first = clock.now_us()
    still.seconds = 40

    assert 946_684_800_000_000 <= first < 978_307_200_000_000
    assert clock.now_us() == NOW_US + 40_000_000


def test_a_healed_clock_has_no_fault_any_more() -> None:
    clock = Scene(StillClock(), [fault(Kind.CLOCK_AHEAD)])
    clock.heal()

    assert clock.now_us() == NOW_US
    assert not clock.now()


def test_a_sensors_fault_is_that_sensors_alone() -> None:
    still = StillClock()
    clock = Scene(still, [fault(Kind.STUCK, "air")])
    still.seconds = RHYTHMS[Kind.STUCK].first_s

    assert clock.has(Kind.STUCK, "air")
    assert not clock.has(Kind.STUCK, "water")
    assert not clock.has(Kind.STUCK)
