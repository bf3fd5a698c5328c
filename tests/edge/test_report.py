import pytest

from edge.report import Reporter
from edge.settings import ReportSettings

PERIOD_S = 5.0
CASES = [
    # (at_least_s, change, samples every five seconds, which of them are reported)
    (60.0, 0.0, [1, 1, 1, 1], [0]),  # nothing changes
    (60.0, 0.0, [1, 2, 2, 1], [0, 1, 3]),  # every change
    (60.0, 1.0, [1, 2, 2.5, 3.6], [0, 2, 3]),  # exactly the threshold is no change; compared with the last report
    (60.0, 1.0, [1, 1.9, 2.8, 3.7], [0, 2]),  # a slow drift is seen
    (10.0, 0.0, [1, 1, 1, 1, 1], [0, 2, 4]),  # at least every ten seconds
    (12.0, 0.0, [1, 1, 1, 1, 1], [0, 2, 4]),  # waiting for the sample at fifteen seconds would be too late
    (10.0, 0.0, [1, 1, 2, 2, 2], [0, 2, 4]),  # a change begins the time anew
    (5.0, 0.0, [1, 1, 1], [0, 1, 2]),  # every sample
    (1.0, 9.0, [1, 1, 1], [0, 1, 2]),  # more often than the samples come
]


@pytest.mark.parametrize(("at_least_s", "change", "samples", "reported"), CASES)
def test_a_value_is_reported_on_change_and_at_least_every_so_often(
    at_least_s: float, change: float, samples: list[float], reported: list[int]
) -> None:
    reporter = Reporter(ReportSettings(at_least_s=at_least_s, change=change), PERIOD_S)

    wanted = [index for index, value in enumerate(samples) if reporter.wants(value, now=index * PERIOD_S)]

    assert wanted == reported


def test_samples_that_jitter_by_milliseconds_keep_their_rhythm() -> None:
    reporter = Reporter(ReportSettings(at_least_s=10.0), PERIOD_S)
    times = [0.0, 5.004, 9.999, 15.02, 20.001]

    assert [time for time in times if reporter.wants(1.0, time)] == [0.0, 9.999, 20.001]
