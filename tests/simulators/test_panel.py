import pytest

from simulators.panel import Rate


@pytest.mark.parametrize(
    ("counts", "per_second"),
    [
        ([], 0.0),
        ([(1.0, 5)], 0.0),  # one count is no rate
        ([(1.0, 5), (3.0, 25)], 10.0),
        ([(1.0, 5), (2.0, None), (3.0, 25)], 10.0),  # it did not say
        ([(1.0, 900), (2.0, 0), (3.0, 20)], 20.0),  # a new process counts from nothing
        ([(float(at), at * 7) for at in range(100)], 7.0),
    ],
)
def test_a_rate_is_the_average_of_the_last_seconds(counts: list[tuple[float, int | None]], per_second: float) -> None:
    rate = Rate()
    for at, count in counts:
        rate.add(at, count)

    assert rate.per_second() == pytest.approx(per_second)
