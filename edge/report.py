"""value and time → worth a reading or not: on change by more than a threshold, and at least every so often. Pure: time is an argument."""

from edge.settings import ReportSettings


class Reporter:
    """The rule for one quantity of one sensor."""

    __slots__ = ("_at", "_period_s", "_rule", "_value")

    def __init__(self, rule: ReportSettings, period_s: float) -> None:
        self._rule = rule
        self._period_s = period_s
        self._at: float | None = None
        self._value = 0.0

    def wants(self, value: float, now: float) -> bool:
        """Return whether `value`, sampled at monotonic `now`, is to be reported; what is wanted counts as reported.

        An unchanged value is due when the sample after it would come later than `at_least_s` after the last report.
        """
        if self._at is None or abs(value - self._value) > self._rule.change or self._too_late(now, self._at):
            self._at, self._value = now, value
            return True
        return False

    def _too_late(self, now: float, reported_at: float) -> bool:
        # 0.99: two samples are never exactly a period apart
        return now + 0.99 * self._period_s > reported_at + self._rule.at_least_s
