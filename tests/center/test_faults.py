import pytest

from center.faults import FAULT, RECOVERED, Faults
from center.hub import Hub
from tests.center.factories import NOON_US
from tests.center.test_hub import body
from wardroom.live import EVENTS_SHOWN, LiveEvent, Subscribe

SECOND_US = 1_000_000


def said(seq: int, kind: str = FAULT, *, sensor: str = "air", after_s: int = 0) -> LiveEvent:
    name = f"018f0000-0000-7000-8000-{seq:012x}"
    at_us = NOON_US + after_s * SECOND_US
    return LiveEvent(seq, "vp-ubnd", "gw-1", name, kind, at_us, at_us, False, None, {"sensor": sensor})


@pytest.mark.parametrize(
    ("events", "lasting"),
    [
        ([said(1)], [1]),
        ([said(1), said(2, after_s=5)], [1]),  # the same fault told again, as after a restart
        ([said(1), said(2, RECOVERED, after_s=5)], []),
        ([said(1), said(2, RECOVERED, after_s=5), said(3, after_s=9)], [3]),
        ([said(1, RECOVERED, after_s=5), said(2)], []),  # the fault came late, its recovery was here before
        ([said(1, after_s=9), said(2, RECOVERED, after_s=5)], [1]),  # a late recovery of an earlier fault
        ([said(1), said(2, sensor="rain"), said(3, RECOVERED, after_s=1)], [2]),
        ([said(1, "vn.wardroom.outbox.dropped.v1")], []),
    ],
)
def test_a_fault_lasts_until_a_later_recovery(events: list[LiveEvent], lasting: list[int]) -> None:
    faults = Faults()

    for event in events:
        faults.happen(event)

    assert [fault.seq for fault in faults.active()] == lasting


def test_a_snapshot_shows_a_fault_that_lasts_longer_than_the_last_events_reach_back() -> None:
    hub = Hub("boot-1")
    hub.happen(said(1, sensor="forgotten"))
    for number in range(2, EVENTS_SHOWN + 52):
        hub.happen(said(number, RECOVERED, sensor="other"))

    events = body(hub.first(Subscribe()))["events"]

    assert len(events) == EVENTS_SHOWN + 1
    assert events[0]["data"] == {"sensor": "forgotten"}
