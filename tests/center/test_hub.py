import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from center.hub import EVERYTHING, PASSAGES_KEPT, Frame, Hub, Picture
from tests.center.factories import MINUTE_US, NOON_US, event, gateway, reading, series, site
from tests.center.screen_model import ScreenModel
from tests.center.wire import payload
from wardroom.live import LiveGreeting, LivePassage, LiveReading, Since, Snapshot, SnapshotReason, Subscribe, Topic

Change = Callable[[Hub], object]


def loaded(events_kept: int = 50) -> Hub:
    hub = Hub("boot-1", events_kept=events_kept)
    hub.load(Picture(sites=(site(),), gateways=(gateway(),), series=(series(1), series(2)), readings=(reading(1),)))
    return hub


def body(frame: Frame | None) -> dict[str, Any]:
    assert frame is not None
    found: dict[str, Any] = json.loads(payload(frame.whole))
    return found


def test_every_change_gets_the_next_number() -> None:
    hub = loaded()
    before = hub.seq

    hub.read([reading(1, at_us=NOON_US + 5, value=21.0)])

    assert hub.seq == before + 1
    assert body(hub.since(before, EVERYTHING))["readings"][0]["value"] == 21.0


@pytest.mark.parametrize(
    "nothing",
    [
        lambda hub: hub.read([reading(1)]),  # a repeat
        lambda hub: hub.read([reading(1, at_us=NOON_US - 1)]),  # late
        lambda hub: hub.read([]),
        lambda hub: hub.place([site()], [gateway()]),  # the same as before
        lambda hub: hub.describe([series(1)]),
    ],
)
def test_what_changes_nothing_gets_no_number_and_wakes_nobody(nothing: Change) -> None:
    hub = loaded()
    before = hub.seq

    told: list[int] = []
    hub.on_change = lambda: told.append(hub.seq)

    nothing(hub)

    assert (hub.seq, told) == (before, [])


def test_a_known_event_is_a_repeat() -> None:
    hub = loaded()

    assert hub.happen(event(1))
    assert not hub.happen(event(1))


def test_a_change_is_told_once_and_when_it_is_there_to_be_asked_for() -> None:
    hub = loaded()
    told: list[int] = []
    hub.on_change = lambda: told.append(hub.seq)

    hub.happen(event(1))

    assert told == [hub.seq]


def test_screens_that_stand_at_the_same_number_share_one_encoded_frame() -> None:
    hub = loaded()
    before = hub.seq
    hub.happen(event(1))

    assert hub.since(before, EVERYTHING) is hub.since(before, EVERYTHING)


def test_readings_conflate_to_the_latest_and_events_do_not() -> None:
    hub = loaded()
    before = hub.seq
    for step in range(1, 11):
        hub.read([reading(1, at_us=NOON_US + step, value=float(step))])
        hub.happen(event(step))

    found = body(hub.since(before, EVERYTHING))
    assert [one["value"] for one in found["readings"]] == [10.0]
    assert [one["id"] for one in found["events"]] == [event(step).id for step in range(1, 11)]


def test_a_screen_hears_only_its_topics() -> None:
    hub = loaded()
    before = hub.seq
    hub.read([reading(2)])

    assert not hub.moved(before, frozenset({Topic.EVENTS}))
    assert hub.moved(before, frozenset({Topic.READINGS}))
    assert set(body(hub.since(before, frozenset({Topic.GATEWAYS})))) == {"type", "since", "seq"}


@pytest.mark.parametrize(
    ("since", "reason"),
    [
        (None, SnapshotReason.FIRST),
        (Since("another", 1), SnapshotReason.CENTER_RESTARTED),
        (Since("boot-1", 10_000), SnapshotReason.CENTER_RESTARTED),  # a number this center never gave
        (Since("boot-1", 0), SnapshotReason.TOO_FAR_BEHIND),
    ],
)
def test_a_snapshot_says_why_it_comes(since: Since | None, reason: SnapshotReason) -> None:
    hub = loaded(events_kept=3)
    for number in range(10):
        hub.happen(event(number))

    first = hub.first(Subscribe(since=since))

    assert msgspec.json.decode(payload(first.whole), type=Snapshot).reason is reason
    assert first.seq == hub.seq


def test_who_missed_nothing_is_told_so() -> None:
    hub = loaded()

    assert body(hub.first(Subscribe(since=Since("boot-1", hub.seq)))) == {"type": "delta", "since": hub.seq, "seq": hub.seq}


def test_a_screen_behind_the_oldest_kept_event_cannot_be_told_what_it_missed() -> None:
    hub = loaded(events_kept=3)
    before = hub.seq
    for number in range(4):
        hub.happen(event(number))

    assert hub.since(before, EVERYTHING) is None
    assert hub.since(before, frozenset({Topic.READINGS})) is not None
    assert hub.since(before + 1, EVERYTHING) is not None


def changes() -> st.SearchStrategy[Change]:
    """Any change: readings of three series in and out of order over ninety minutes, with wrong clocks, events, states, descriptions."""
    at_us = st.integers(0, 90).flatmap(lambda minute: st.integers(0, 3).map(lambda part: NOON_US + minute * MINUTE_US + part * 15_000_000))
    received = st.one_of(at_us, st.just(NOON_US))
    readings = st.lists(st.builds(LiveReading, st.integers(1, 3), at_us, received, st.floats(0, 1), st.just(0)), max_size=3)
    return st.one_of(
        readings.map(lambda some: lambda hub: hub.read(some)),
        readings.map(lambda some: lambda hub: hub.read(some)),
        st.integers(1, 30).map(lambda number: lambda hub: hub.happen(event(number))),
        st.sampled_from(["online", "offline"]).map(lambda state: lambda hub: hub.place([site()], [gateway(state=state)])),
        st.sampled_from(["Cel", "K"]).map(lambda unit: lambda hub: hub.describe([series(3, unit=unit)])),
    )


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(changes(), st.booleans()), max_size=60), st.integers(3, 40))
def test_whatever_a_screen_missed_it_shows_the_same_as_a_fresh_one(steps: list[tuple[Change, bool]], events_kept: int) -> None:
    hub = loaded(events_kept)
    steady, wavering = ScreenModel(), ScreenModel()
    for screen in (steady, wavering):
        screen.hear(payload(hub.first(Subscribe()).whole))
    for change, connected in steps:
        change(hub)
        if hub.moved(steady.seq, EVERYTHING):
            steady.hear(body_text(hub.since(steady.seq, EVERYTHING)))
        if connected:
            wavering.hear(payload(hub.first(Subscribe(since=Since(hub.boot, wavering.seq))).whole))
    wavering.hear(payload(hub.first(Subscribe(since=Since(hub.boot, wavering.seq))).whole))
    fresh = ScreenModel()
    fresh.hear(payload(hub.first(Subscribe()).whole))

    assert steady.snapshots == 1
    assert shown(wavering, events_kept) == shown(steady, events_kept) == shown(fresh, events_kept)


def body_text(frame: Frame | None) -> str:
    assert frame is not None
    return payload(frame.whole)


def shown(screen: ScreenModel, events_kept: int) -> object:
    """Return the picture with as many events as every one of them must have."""
    screen.events = screen.events[-events_kept:]
    return screen.picture()


def passage(number: int = 1, **changed: Any) -> LivePassage:
    plain: dict[str, Any] = {"id": f"v{number}", "occasion": "o1", "list": "l", "at_us": NOON_US, "received_us": NOON_US}
    return LivePassage(**(plain | {"direction": "in", "method": "face", "result": "checked_in"} | changed))


def greeting(number: int = 1, occasion: str = "o1") -> LiveGreeting:
    return LiveGreeting(f"v{number}", "gate-1", occasion, NOON_US, "checked_in", "", "An", "", "", "")


def test_a_passage_that_counts_for_something_else_is_told_again_under_its_id() -> None:
    hub = loaded()
    hub.pass_by([passage(1), passage(2)])
    before = hub.seq

    hub.pass_by([passage(1), passage(2, result="already")])

    assert [(one["id"], one["result"]) for one in body(hub.since(before, EVERYTHING))["passages"]] == [("v2", "already")]
    hub.pass_by([passage(2, result="already")])
    assert hub.seq == before + 1


def test_a_screen_gets_the_check_in_only_where_it_asked_for_it() -> None:
    hub = loaded()
    before = hub.seq
    hub.pass_by([passage()])
    hub.greet([greeting()])

    assert set(body(hub.since(before, frozenset({Topic.GREETINGS})))) == {"type", "since", "seq", "greetings"}
    assert body(hub.first(Subscribe(topics=frozenset({Topic.EVENTS}))))["passages"] == []


def test_a_first_picture_holds_the_last_passages_and_greetings() -> None:
    hub = loaded()
    hub.pass_by([passage(number) for number in range(300)])
    hub.greet([greeting(number) for number in range(30)])

    first = body(hub.first(Subscribe()))

    assert [one["id"] for one in first["passages"]] == [f"v{number}" for number in range(100, 300)]
    assert [one["id"] for one in first["greetings"]] == [f"v{number}" for number in range(10, 30)]


def test_a_screen_that_stands_before_the_oldest_passage_kept_is_told_so() -> None:
    hub = loaded()
    before = hub.seq
    for number in range(PASSAGES_KEPT + 1):
        hub.pass_by([passage(number)])

    assert hub.since(before, frozenset({Topic.PASSAGES})) is None
    assert hub.since(before + 1, frozenset({Topic.PASSAGES})) is not None
    assert hub.since(before, frozenset({Topic.READINGS})) is not None


def test_what_a_rehearsal_made_is_shown_no_more_to_anybody() -> None:
    hub = loaded()
    hub.pass_by([passage(1), passage(2, occasion="o2")])
    hub.greet([greeting(1)])
    before = hub.seq

    hub.forget({"v1"})

    anew = body(hub.since(before, EVERYTHING))
    assert (anew["type"], anew["reason"]) == ("snapshot", SnapshotReason.ERASED)
    assert ([one["id"] for one in anew["passages"]], anew["greetings"]) == (["v2"], [])
    assert body(hub.since(before, frozenset({Topic.READINGS})))["type"] == "delta"
    after = hub.seq
    hub.forget({"v1"})
    assert hub.seq == after


def test_a_face_is_shown_without_whose_it_may_be() -> None:
    hub = loaded()
    hub.happen(
        msgspec.structs.replace(event(1), type="vn.wardroom.face.recognized.v1", data={"camera": "cam-1", "person": "p", "score": 0.9})
    )

    assert body(hub.first(Subscribe()))["events"][-1]["data"] == {"camera": "cam-1"}
