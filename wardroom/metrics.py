"""counters, gauges and histograms → Prometheus text; names are checked when they are made, so that a dashboard never has to guess.

Prefix ``wardroom_``, base units, ``_total`` for counters; no person's or event's id is ever a label.
"""

import re
from collections.abc import Sequence
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from wardroom import __version__

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_NAME: Final = re.compile(r"wardroom_[a-z][a-z0-9]*(_[a-z0-9]+)*")
_UNITS_OF_TASTE: Final = ("_ms", "_us", "_minutes", "_hours", "_kb", "_mb", "_percent")
_FORBIDDEN_LABELS: Final = frozenset({"person", "person_id", "event_id", "id", "account"})


def counter(name: str, what: str, labels: Sequence[str] = (), *, registry: CollectorRegistry = REGISTRY) -> Counter:
    """Return a counter; its name ends in ``_total``."""
    if not name.endswith("_total"):
        raise ValueError(f"a counter's name ends in _total: {name}")
    return Counter(_checked(name, labels), what, labels, registry=registry)


def gauge(name: str, what: str, labels: Sequence[str] = (), *, registry: CollectorRegistry = REGISTRY) -> Gauge:
    """Return a gauge; ``_total`` is for counters."""
    if name.endswith("_total"):
        raise ValueError(f"only a counter's name ends in _total: {name}")
    return Gauge(_checked(name, labels), what, labels, registry=registry)


def histogram(
    name: str, what: str, labels: Sequence[str] = (), *, buckets: Sequence[float], registry: CollectorRegistry = REGISTRY
) -> Histogram:
    """Return a histogram; its name ends in its base unit, e.g. ``_seconds``."""
    return Histogram(_checked(name, labels), what, labels, buckets=tuple(buckets), registry=registry)


def exposition(registry: CollectorRegistry = REGISTRY) -> bytes:
    """Return all metrics in Prometheus's text format (`CONTENT_TYPE`)."""
    return generate_latest(registry)


def _checked(name: str, labels: Sequence[str]) -> str:
    stem = name.removesuffix("_total")
    if not _NAME.fullmatch(name) or stem.endswith(_UNITS_OF_TASTE):
        raise ValueError(f"a metric is named wardroom_WHAT in base units (seconds, bytes, ratio): {name}")
    if bad := _FORBIDDEN_LABELS.intersection(labels):
        raise ValueError(f"a label never holds a person's or an event's id: {sorted(bad)}")
    return name


disable_created_metrics()  # type: ignore[no-untyped-call]  # when a counter was made says nothing about the ward, and doubles the page
BUILD: Final = gauge("wardroom_build_info", "The program's version, as a label.", ("version",))
BUILD.labels(__version__).set(1)
BUGS: Final = counter(
    "wardroom_bugs_total", "Errors nobody foresaw, caught at the top of a task and logged with their traceback.", ("where",)
)
