from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.ledger import Ledger, Mark, SeriesKey
from simulators.taps import Taps
from wardroom.senml import Reading
from wardroom.topics import Gateway

GATEWAY = Gateway("tdp-01", "gw-1")
KEY = SeriesKey("tdp-01", "gw-1", "air", "temperature")
T0 = 1_790_000_000_000_000
MS = 1_000_000


class Bench:
    """A ledger whose clock the test sets, and taps that follow it."""

    def __init__(self, folder: Path) -> None:
        self.now_ns = 1_000 * MS
        self.ledger = Ledger(folder / "1.ledger", monotonic_ns=lambda: self.now_ns)
        self.taps = Taps(folder)

    def tap(self, number: int, at_ms: int, *, mark: Mark = Mark.LIVE, session: int = 1) -> None:
        self.now_ns = at_ms * MS
        self.ledger.record(GATEWAY, [Reading("air", "temperature", "Cel", 1.0, T0 + number)], mark=mark, session=session)

    def see(self, number: int, at_ms: int, *, since_ms: int = 0) -> None:
        self.taps.follow()
        self.taps.arrived(KEY, T0 + number, at_ms * MS, since_ms * MS)

    def found(self) -> tuple[int, int, float | None]:
        self.taps.follow()
        return self.taps.histogram.count, self.taps.apart, self.taps.histogram.quantile(1)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    with made.ledger:
        yield made


def test_an_arrival_counts_once_the_gateways_next_reading_shows_that_its_session_held(bench: Bench) -> None:
    bench.tap(1, 2_000)
    bench.see(1, 2_004)
    assert bench.found() == (0, 0, None)
    bench.tap(2, 7_000)

    count, apart, longest_us = bench.found()

    assert (count, apart) == (1, 0)
    assert longest_us == pytest.approx(4_000, rel=0.02)


@pytest.mark.parametrize(
    ("mark", "session"),
    [
        (Mark.LIVE, 2),  # it was lost and came back
        (Mark(0), 1),  # it is lost
    ],
)
def test_an_arrival_across_a_lost_session_is_apart(bench: Bench, mark: Mark, session: int) -> None:
    bench.tap(1, 2_000)
    bench.see(1, 2_904)
    bench.tap(2, 7_000, mark=mark, session=session)

    assert bench.found() == (0, 1, None)


def test_an_arrival_on_a_screen_that_was_away_when_it_was_put_is_apart(bench: Bench) -> None:
    bench.tap(1, 2_000)
    bench.see(1, 2_904, since_ms=2_500)
    bench.tap(2, 7_000)

    assert bench.found() == (0, 1, None)


def test_what_was_not_live_is_not_waited_for(bench: Bench) -> None:
    bench.tap(1, 2_000, mark=Mark(0))
    bench.see(1, 2_004)
    bench.tap(2, 7_000)

    assert bench.found() == (0, 0, None)


def test_a_repeat_or_a_reading_nobody_put_counts_nothing(bench: Bench) -> None:
    bench.tap(1, 2_000)
    bench.see(1, 2_004)
    bench.see(1, 2_900)
    bench.see(99, 2_900)
    bench.tap(2, 7_000)

    assert bench.found()[:2] == (1, 0)


def test_what_never_arrives_is_forgotten_after_a_minute(bench: Bench) -> None:
    for number in range(100):
        bench.tap(number, 2_000 + number * 1_000)
    bench.taps.follow()

    assert len(bench.taps._tapped) == 61


def test_the_next_runs_ledger_is_followed_too(bench: Bench, tmp_path: Path) -> None:
    bench.tap(1, 2_000)
    bench.see(1, 2_004)
    with Ledger(tmp_path / "2.ledger", monotonic_ns=lambda: 9_000 * MS) as second:
        second.record(GATEWAY, [Reading("air", "temperature", "Cel", 1.0, T0 + 5)], mark=Mark.LIVE, session=1)
        bench.see(5, 9_003)
    bench.taps.settle()

    assert bench.found()[:2] == (2, 0)
