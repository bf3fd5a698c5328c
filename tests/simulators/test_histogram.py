import pytest

from simulators.histogram import Histogram


def test_a_histogram_of_nothing_has_no_quantile() -> None:
    assert Histogram().quantile(0.5) is None


@pytest.mark.parametrize(("share", "exact_us"), [(0.5, 500_000), (0.99, 990_000), (1.0, 1_000_000), (0.0, 1_000)])
def test_a_quantile_is_right_to_its_bucket(share: float, exact_us: int) -> None:
    histogram = Histogram()
    for milliseconds in range(1, 1_001):
        histogram.add(milliseconds * 1_000)

    found = histogram.quantile(share)

    assert found is not None
    assert exact_us <= found <= exact_us * 1.017


def test_one_slow_one_in_a_hundred_is_the_hundredth() -> None:
    histogram = Histogram()
    for duration_us in [700] * 99 + [5_000_000]:
        histogram.add(duration_us)

    assert histogram.quantile(0.99) == pytest.approx(700, rel=0.02)
    assert histogram.quantile(0.995) == pytest.approx(5_000_000, rel=0.02)


def test_its_memory_is_bounded_whatever_it_is_given() -> None:
    histogram = Histogram()
    for duration_us in [*range(-5, 5_000), *(2**power + 2**power // 3 for power in range(80))]:
        histogram.add(duration_us)

    assert len(histogram._counts) < 35 * 64
