"""two rates, or two times → one line: ours, the limit's, and the ratio, which is the better the greater it is."""

import statistics
from collections.abc import Sequence

from msgspec import Struct


class Lacking(Exception):
    """Something a benchmark needs is not on this machine: it is told, and neither measured nor failed."""


class Result(Struct, frozen=True, kw_only=True):
    """One benchmark's figures; `ours` and `limit` are medians in `unit`, `ratio` is the median of the pairs' ratios.

    The ratio of rates is ours / limit, that of times and sizes limit / ours: greater is better. `figures` is what was seen beside it, by
    name with its unit (``p99_ms``, ``rss_mb``).
    """

    name: str
    unit: str
    ours: float
    limit: float
    limit_is: str
    ratio: float
    figures: dict[str, float] = {}


def paired(name: str, unit: str, limit_is: str, rates: Sequence[tuple[float, float]]) -> Result:
    """Return the result of runs made in turn: (ours, limit) per round."""
    return Result(
        name=name,
        unit=unit,
        ours=statistics.median(ours for ours, _ in rates),
        limit=statistics.median(limit for _, limit in rates),
        limit_is=limit_is,
        ratio=statistics.median(ours / limit for ours, limit in rates),
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that `percent` of `values` do not exceed; NaN of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")
