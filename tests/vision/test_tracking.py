import gc
from collections.abc import Sequence

import numpy as np
import psutil
import pytest

from tests.vision.walks import Looks, Sight, Walker, instants, sights
from vision.detections import Detections
from vision.tracking import FACES, Tracked, Tracker, TrackerOptions

BODY = (80, 200)


def detections(*boxes: Sequence[float], score: float = 0.9, label: int = 0) -> Detections:
    count = len(boxes)
    return Detections(
        np.array(boxes, dtype=np.float32).reshape(-1, 4),
        np.full(count, score, dtype=np.float32),
        np.full(count, label, dtype=np.int32),
    )


def box(x: float, y: float = 400, size: tuple[float, float] = BODY) -> tuple[float, float, float, float]:
    """Return the box of something that stands at x, y."""
    return (x - size[0] / 2, y - size[1], x + size[0] / 2, y)


def ids_by_owner(tracker: Tracker, seen: Sequence[Sight]) -> dict[int, set[int]]:
    """Return which ids each walker had."""
    found: dict[int, set[int]] = {}
    for sight in seen:
        for track in tracker.update(sight.detections, sight.seconds).tracks:
            found.setdefault(sight.owners[track.row], set()).add(track.id)
    return found


def run(tracker: Tracker, frames: Sequence[tuple[float, Detections]]) -> list[Tracked]:
    return [tracker.update(seen, seconds) for seconds, seen in frames]


CROSSING = (Walker((100, 560), (150, 0), near=True), Walker((1180, 540), (-150, 0)))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("rate", "uneven"), [(5.0, False), (10.0, False), (10.0, True), (25.0, False), (25.0, True)])
def test_two_who_cross_keep_their_ids(seed: int, rate: float, uneven: bool) -> None:  # noqa: FBT001 - a case of the table
    rng = np.random.default_rng(seed)
    seen = list(sights(CROSSING, instants(int(rate * 8), rate, rng if uneven else None), rng))

    found = ids_by_owner(Tracker(), seen)

    assert sorted(map(len, found.values())) == [1, 1]
    assert found[0] != found[1]


def test_an_id_that_passes_to_another_is_always_flagged() -> None:
    passed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        tracker, owners = Tracker(), dict[int, int]()
        for sight in sights(CROSSING, instants(40, 5, rng), rng, Looks(jitter=0.05, missed=0.1)):
            for track in tracker.update(sight.detections, sight.seconds).tracks:
                owner = sight.owners[track.row]
                passed += owners.get(track.id, owner) != owner
                assert track.jumped or owners.get(track.id, owner) == owner
                owners[track.id] = owner

    assert passed > 5


def test_a_face_that_moves_more_than_its_own_width_between_two_frames_keeps_its_id() -> None:
    walker = Walker((0, 300), (400, 0), size=(45, 55))
    seen = list(sights([walker], instants(15, 5), np.random.default_rng(1)))

    assert ids_by_owner(Tracker(FACES), seen) == {0: {1}}


def test_somebody_hidden_behind_a_pillar_comes_out_with_the_same_id() -> None:
    seen = [(now, detections(*([] if 2.0 < now < 3.4 else [box(100 + 120 * now)]))) for now in instants(60, 10)]
    tracked = run(Tracker(), seen)

    assert {track.id for one in tracked for track in one.tracks} == {1}
    assert any(one.unseen == (1,) for one in tracked)
    assert not any(one.ended for one in tracked)


def test_a_track_ends_after_seconds_unseen_not_after_frames() -> None:
    for rate in (4, 40):
        tracker = Tracker(TrackerOptions(expire_s=1.5))
        run(tracker, [(now, detections(box(300))) for now in instants(8, rate)])
        start = 8 / rate
        ended = [now for now in instants(4 * rate, rate) if tracker.update(detections(), start + now).ended == (1,)]

        assert ended == [pytest.approx(1.5 + 1 / rate, abs=1 / rate + 1e-6)]


def test_a_stream_that_begins_again_ends_all_tracks() -> None:
    tracker = Tracker()
    run(tracker, [(now, detections(box(300), box(600))) for now in (100.0, 100.1, 100.2)])

    again = run(tracker, [(now, detections(box(300))) for now in (0.0, 0.1)])

    assert again[0].ended == (1, 2)
    assert [track.id for track in again[1].tracks] == [3]


def test_a_stream_that_goes_on_in_another_size_ends_all_tracks_instead_of_passing_ids_on() -> None:
    tracker = Tracker()
    for now in instants(10, 10):
        tracker.update(detections(box(300)), now, (640, 360))

    larger = [tracker.update(detections(box(900), box(300)), 1.0 + now, (1920, 1080)) for now in (0.1, 0.2)]

    assert larger[0].ended == (1,)
    assert [track.id for track in larger[1].tracks] == [2, 3]


def test_what_is_seen_once_never_gets_an_id() -> None:
    tracked = run(Tracker(), [(now, detections(*([box(300)] if now == 0.2 else []))) for now in (0.0, 0.1, 0.2, 0.3, 0.4)])

    assert not any(one.tracks or one.unseen or one.ended for one in tracked)


def test_a_weak_detection_goes_on_with_a_track_and_begins_none() -> None:
    tracker = Tracker()
    run(tracker, [(now, detections(box(300))) for now in (0.0, 0.1, 0.2)])

    weak = run(tracker, [(now, detections(box(300), box(900), score=0.2)) for now in (0.3, 0.4, 0.5)])

    assert [[(track.id, track.row) for track in one.tracks] for one in weak] == [[(1, 0)]] * 3


def test_a_weak_detection_is_not_taken_from_a_sure_one() -> None:
    tracker = Tracker()
    run(tracker, [(now, detections(box(300), box(600))) for now in (0.0, 0.1, 0.2)])
    both = Detections(np.array([box(300), box(600)], dtype=np.float32), np.array([0.9, 0.2], dtype=np.float32), np.zeros(2, dtype=np.int32))

    tracked = run(tracker, [(now, both) for now in (0.3, 0.4)])

    assert sorted((track.id, track.row) for track in tracked[1].tracks) == [(1, 0), (2, 1)]


def test_what_was_seen_once_is_not_confirmed_by_a_weak_detection() -> None:
    tracker = Tracker()
    tracker.update(detections(box(300)), 0.0)

    assert not tracker.update(detections(box(300), score=0.2), 0.1).tracks
    assert not tracker.update(detections(box(300)), 0.2).tracks


def test_a_person_in_a_car_of_the_same_outline_is_a_thing_of_its_own() -> None:
    both = Detections(
        np.array([box(300), box(302)], dtype=np.float32), np.array([0.9, 0.8], dtype=np.float32), np.array([0, 2], dtype=np.int32)
    )

    assert [track.label for track in run(Tracker(), [(now, both) for now in (0.0, 0.1)])[-1].tracks] == [0, 2]


def test_a_detection_below_the_weak_score_is_nothing() -> None:
    tracker = Tracker()
    run(tracker, [(now, detections(box(300))) for now in (0.0, 0.1)])

    assert tracker.update(detections(box(300), score=0.05), 0.2).unseen == (1,)


def test_it_is_following_from_the_first_sighting_until_the_track_has_ended() -> None:
    tracker = Tracker(TrackerOptions(expire_s=0.5))
    frames = [(now / 10, detections(*([box(300)] if 2 <= now < 5 else []))) for now in range(12)]
    following = []
    for seconds, seen in frames:
        tracker.update(seen, seconds)
        following.append(tracker.following)

    assert following == [False] * 2 + [True] * 8 + [False] * 2


def test_a_thing_found_twice_is_one_track() -> None:
    twice = detections(box(300), box(304))

    assert [len(one.tracks) for one in run(Tracker(), [(now, twice) for now in (0.0, 0.1, 0.2)])] == [0, 1, 1]


def test_a_person_never_goes_on_as_a_car() -> None:
    tracker = Tracker()
    run(tracker, [(now, detections(box(300), label=0)) for now in (0.0, 0.1, 0.2)])

    tracked = run(tracker, [(now, detections(box(300), label=2)) for now in (0.3, 0.4)])

    assert [(track.id, track.label) for track in tracked[1].tracks] == [(2, 2)]
    assert tracked[1].unseen == (1,)


def test_a_far_jump_is_another_thing() -> None:
    tracker = Tracker()
    run(tracker, [(now, detections(box(300))) for now in (0.0, 0.1, 0.2, 0.3)])

    tracked = run(tracker, [(now, detections(box(900))) for now in (0.4, 0.5)])

    assert [track.id for track in tracked[1].tracks] == [2]


def test_an_implausible_step_within_reach_is_flagged() -> None:
    tracker = Tracker()
    calm = run(tracker, [(now, detections(box(300, size=(200, 200)))) for now in instants(20, 10)])

    jump = tracker.update(detections(box(385, size=(200, 200))), 2.1)

    assert not any(track.jumped for one in calm for track in one.tracks)
    assert [(track.id, track.jumped) for track in jump.tracks] == [(1, True)]


def test_a_sudden_change_of_size_in_place_keeps_the_id_and_is_flagged() -> None:
    tracker = Tracker()
    run(tracker, [(now, detections(box(300))) for now in instants(20, 10)])

    bent = tracker.update(detections(box(300, 400, (100, 90))), 2.1)

    assert [(track.id, track.jumped) for track in bent.tracks] == [(1, True)]


def test_two_alike_in_one_place_are_flagged_when_they_come_apart_again() -> None:
    tracker = Tracker()
    towards = [(now, detections(box(200 + 100 * now), box(600 - 100 * now))) for now in instants(17, 10)]
    hidden = [(1.7 + now, detections(box(400))) for now in instants(6, 10)]
    apart = [(2.3 + now, detections(box(400 + 100 * now), box(400 - 100 * now))) for now in instants(10, 10)]

    before = run(tracker, towards)
    tracked = run(tracker, hidden + apart)

    assert not any(track.jumped for one in before for track in one.tracks)
    assert any(track.jumped for one in tracked for track in one.tracks)


def test_a_track_says_when_it_began_and_how_fast_it_goes() -> None:
    tracked = run(Tracker(), [(now, detections(box(100 + 200 * now))) for now in instants(20, 10)])

    track = tracked[-1].tracks[0]

    assert [track.began, track.seconds] == pytest.approx([0.1, 2.0])
    assert list(track.velocity_xy) == pytest.approx([200, 0], abs=5)
    assert track.box_xyxy.tolist() == pytest.approx(box(500))


def test_a_crowd_keeps_its_ids_although_one_sighting_in_ten_is_missed() -> None:
    rng = np.random.default_rng(3)
    walkers = [Walker((100 + 130 * place, 300 + 30 * place), (rng.uniform(-20, 20), rng.uniform(-5, 5))) for place in range(9)]
    seen = list(sights(walkers, instants(100, 10, rng), rng, Looks(missed=0.1)))

    found = ids_by_owner(Tracker(), seen)

    assert len(set().union(*found.values())) == len(found) == len(walkers)


def test_memory_stays_flat_over_100_000_frames_of_comers_and_goers() -> None:
    tracker = Tracker()
    process = psutil.Process()
    used: list[int] = []
    ended = 0
    for number in range(100_000):
        place = number % 50
        seen = detections(box(100 + 40 * place + number % 300)) if place < 2 else detections()
        ended += len(tracker.update(seen, number / 2).ended)
        if number % 25_000 == 24_999:
            gc.collect()
            used.append(process.memory_info().rss)

    assert ended == 2_000
    assert max(used) - min(used) < 1_000_000
    assert not tracker._lives
