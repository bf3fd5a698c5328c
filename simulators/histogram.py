"""durations → quantiles, in bounded memory: 64 buckets per power of two, so that a quantile is right to 1.6 %."""

from math import ceil
from typing import Final

_FINE: Final = 64
_BITS: Final = 6
_LAST_US: Final = 2**40


class Histogram:
    """Counts of microseconds, from none to twelve days."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}  # bounded: at most 35 powers of two times 64 buckets
        self.count = 0

    def add(self, duration_us: int) -> None:
        """Count one duration; a negative one as none."""
        bucket = _bucket(min(max(duration_us, 0), _LAST_US))
        self._counts[bucket] = self._counts.get(bucket, 0) + 1
        self.count += 1

    def quantile(self, share: float) -> float | None:
        """Return the duration in µs that `share` of them do not exceed (its bucket's upper end), None if there are none."""
        if not self.count:
            return None
        rank = max(1, ceil(share * self.count))
        for bucket in sorted(self._counts):
            rank -= self._counts[bucket]
            if rank <= 0:
                return float(_upper(bucket))
        return None


def _bucket(value: int) -> int:
    shift = max(0, value.bit_length() - _BITS - 1)
    return shift * _FINE + (value >> shift)


def _upper(bucket: int) -> int:
    shift = max(0, bucket // _FINE - 1)
    return ((bucket - shift * _FINE + 1) << shift) - 1
