from collections.abc import Mapping
from itertools import count

import numpy as np
import pytest

from edge.laps import Laps
from tests.vision import staged
from tests.vision.embeddings import near
from tests.vision.staged import Colours, Squares
from vision import assembly
from vision.assembly import Options
from vision.attention import Budget
from vision.blindness import Patience
from vision.decision import Verdict
from vision.detections import Detections
from vision.facts import Facts
from vision.frames import Frame, Image
from vision.gallery_entries import Person
from vision.lines import Line
from vision.pipeline import Pace, Pipeline
from vision.profile import Profile, check_in
from vision.visits import Change
from vision.zones import Entered, Left, Zone

PROFILE = check_in(0.4)
AN, BINH, STRANGER = {"an": (100, 100)}, {"binh": (300, 120)}, {"stranger": (500, 200)}
ALL = {**AN, **BINH, **STRANGER}


def watching(options: Options | None = None, enrolled: tuple[str, ...] = ("an", "binh")) -> tuple[Pipeline, Squares, Colours]:
    engine, squares, colours = staged.engine()
    ids = (f"v{number}" for number in count(1))
    return assembly.pipeline(engine, staged.gallery(*enrolled), options or Options(PROFILE), lambda: next(ids)), squares, colours


def shown(pipeline: Pipeline, faces: Mapping[str, tuple[int, int]], frames: int, first: int = 0) -> list[Facts]:
    return [pipeline.look(staged.frame(number, faces)) for number in range(first, first + frames)]


def names(facts: Facts) -> dict[int, str | None]:
    return {face.track: face.decision.person if face.decision else None for face in facts.faces}


def walking(number: int) -> dict[str, tuple[int, int]]:
    return {"an": (40 + 6 * number, 100)}


def test_who_is_enrolled_is_named_and_who_is_not_is_unknown() -> None:
    pipeline, _, _ = watching()
    last = shown(pipeline, ALL, 40)[-1]
    verdicts = sorted((face.decision.verdict, face.decision.person or "") for face in last.faces if face.decision)

    assert last.funnel.faces == last.funnel.usable == last.funnel.decided == 3
    assert last.funnel.named == 2
    assert verdicts == [(Verdict.KNOWN, "an"), (Verdict.KNOWN, "binh"), (Verdict.UNKNOWN, "")]


def test_no_name_is_given_before_the_profile_has_its_votes() -> None:
    pipeline, _, _ = watching()
    facts = [pipeline.look(staged.frame(number, walking(number))) for number in range(20)]
    first = next(each for each in facts if "an" in names(each).values())
    looks = [each for each in facts if each.seconds <= first.seconds and any(face.looked for face in each.faces)]

    assert len(looks) >= PROFILE.votes
    assert looks[-1].seconds - looks[0].seconds >= PROFILE.span_s


def test_an_empty_corridor_costs_no_detection_but_a_look_now_and_then() -> None:
    pipeline, squares, _ = watching()
    facts = shown(pipeline, {}, 300)

    assert squares.asked == sum(each.looked for each in facts) == 6  # the first, and one every five seconds
    assert not any(each.faces for each in facts)


def test_somebody_who_stands_still_is_decided_and_then_looked_at_seldom() -> None:
    pipeline, squares, colours = watching(Options(PROFILE, pace=Pace(moving=1, still=3), budget=Budget(rarely_s=5.0)))
    shown(pipeline, AN, 50)
    asked, embedded = squares.asked, colours.embedded
    last = [each for each in shown(pipeline, AN, 100, first=50) if each.looked][-1]

    assert set(names(last).values()) == {"an"}
    assert squares.asked - asked == pytest.approx(100 / 3, abs=4)
    assert colours.embedded - embedded == 2


def test_a_visit_s_name_is_the_decision_s_also_when_it_is_taken_back() -> None:
    pipeline, _, _ = watching(Options(PROFILE, budget=Budget(rarely_s=0.1)))
    facts = shown(pipeline, {"an": (300, 120)}, 30) + shown(pipeline, BINH, 80, first=30)  # somebody else in the same place
    told = [(event.after.sub_label or (None,))[0] for each in facts for event in each.visits]
    decided = [person for each in facts for person in names(each).values()]

    assert list(dict.fromkeys(name for name in decided if name)) == ["an", "binh"]
    assert told[0] is None
    assert list(dict.fromkeys(told)) == [None, "an", "binh"]
    assert None in told[told.index("an") :]


def test_a_frame_embeds_no_more_faces_than_its_budget() -> None:
    pipeline, _, colours = watching(Options(PROFILE, budget=Budget(per_frame=1)))
    for number in range(20):
        before = colours.embedded
        pipeline.look(staged.frame(number, ALL))
        assert colours.embedded - before <= 1


def test_a_track_that_ends_has_its_last_word_and_leaves_nothing_behind() -> None:
    pipeline, _, _ = watching()
    shown(pipeline, AN, 20)
    facts = shown(pipeline, {}, 40, first=20)
    words = [word for each in facts for word in each.last_words]

    assert [word.person for word in words] == ["an"]
    assert len(pipeline) == 0


def test_a_stream_that_goes_ends_what_is_followed_and_what_comes_later_is_new() -> None:
    pipeline, _, _ = watching(Options(PROFILE, motion=None))
    assert pipeline.close() is None
    before = shown(pipeline, AN, 20)[-1]
    facts = pipeline.close()

    assert facts is not None
    assert [word.person for word in facts.last_words] == ["an"]
    assert [(event.type, event.after.end) for event in facts.visits] == [(Change.END, before.seconds)]
    assert (facts.number, facts.at_us, facts.seconds) == (before.number, before.at_us, before.seconds)
    assert len(pipeline) == 0
    assert not names(before).keys() & names(shown(pipeline, AN, 20, first=20)[-1]).keys()


def test_a_pipeline_without_an_engine_looks_for_no_face() -> None:
    pipeline = assembly.pipeline(None, staged.gallery("an"), Options(PROFILE, motion=None), str)

    assert all(facts.faces == () for facts in shown(pipeline, AN, 5))


def test_persons_without_a_usable_face_are_counted_under_their_gate() -> None:
    pipeline, _, _ = watching()
    cut = {"an": (0, 300)}  # the lower quarter is outside the picture
    shown(pipeline, cut, 10)
    funnel = shown(pipeline, {}, 40, first=10)[-1].funnel

    assert funnel.faces == 1
    assert funnel.usable == funnel.decided == 0
    assert sum(funnel.refused.values()) == 1


def test_each_stage_can_be_measured() -> None:
    engine, _, _ = staged.engine()
    laps = Laps()
    pipeline = assembly.pipeline(engine, staged.gallery("an"), Options(PROFILE), str, laps)
    shown(pipeline, AN, 10)

    stages = {"motion", "detect faces", "track faces", "quality", "embed", "search", "decide", "best shot", "visits"}

    assert laps.seen().keys() == stages
    assert laps.seen()["motion"].times == 10


def test_a_visit_is_told_once_named_when_it_is_known_and_ended_when_it_is_gone() -> None:
    pipeline, _, _ = watching()
    facts = [*shown(pipeline, AN, 30), *shown(pipeline, {}, 30, first=30)]
    events = [event for each in facts for event in each.visits]

    assert [event.type for event in events] == [Change.NEW, Change.UPDATE, Change.END]
    assert {event.after.id for event in events} == {"v1"}
    assert [event.after.sub_label and event.after.sub_label[0] for event in events] == [None, "an", "an"]


def test_who_is_removed_from_the_gallery_while_followed_is_nobody_from_the_next_look_on() -> None:
    engine, _, _ = staged.engine()
    enrolled = staged.gallery("an", "binh")
    pipeline = assembly.pipeline(engine, enrolled, Options(PROFILE, motion=None), lambda: "v1")
    assert names(shown(pipeline, AN, 20)[-1]) == {1: "an"}

    enrolled.change(remove=["an"])
    facts = shown(pipeline, AN, 40, first=20)

    assert not [name for each in facts for name in names(each).values() if name]
    assert [event.after.sub_label for each in facts for event in each.visits] == [None]


def test_who_takes_the_place_of_another_inherits_neither_name_nor_picture() -> None:
    pipeline, _, _ = watching(Options(PROFILE, motion=None))
    before = shown(pipeline, {"an": (100, 100), "binh": (190, 100)}, 20)[-1]
    after = shown(pipeline, {"stranger": (140, 100)}, 30, first=20)[1:]  # either may have gone, either may have moved
    events = [event for each in after for event in each.visits if event.after.track == 1]

    assert names(before) == {1: "an", 2: "binh"}
    assert set(names(after[0])) == {1}
    assert not [name for each in after for name in names(each).values() if name]
    assert events[0].after.sub_label is None
    assert after[0].faces[0].shot is not None


@pytest.mark.parametrize("seconds", [2, 60])
def test_who_steps_unmarked_into_the_place_of_another_does_not_keep_the_name(seconds: int) -> None:
    pipeline, _, _ = watching(Options(PROFILE, motion=None))
    before = shown(pipeline, AN, 10 * seconds)[-1]
    after = shown(pipeline, {"stranger": (120, 100)}, 150, first=10 * seconds)
    wrong = [each.seconds - before.seconds for each in after if "an" in names(each).values()]

    assert names(before) == {1: "an"}
    assert set(names(after[-1])) == {1}
    assert max(wrong) < 11  # five seconds until somebody looks again, then a window of looks
    assert [event.after.sub_label for each in after for event in each.visits][-1] is None


def test_a_gallery_that_grows_asks_for_more_before_it_gives_a_name() -> None:
    engine, _, colours = staged.engine()
    enrolled = staged.gallery("an")
    pipeline = assembly.pipeline(engine, enrolled, Options(Profile(accept=0.98, unknown=0.3), motion=None), str)
    enrolled.change([Person("an", near(staged.row("an"), 0.99))])
    assert names(shown(pipeline, AN, 20)[-1]) == {1: "an"}

    enrolled.change([Person(f"p{number}", staged.row("stranger")[None]) for number in range(4_000)])  # accept: 1.0
    shown(pipeline, {}, 20, first=20)

    assert names(shown(pipeline, AN, 20, first=40)[-1]) == {2: None}
    assert colours.embedded > 6


def test_a_camera_that_changes_its_size_passes_no_name_on() -> None:
    pipeline, _, _ = watching(Options(PROFILE, motion=None))
    assert names(shown(pipeline, AN, 20)[-1]) == {1: "an"}

    image = staged.picture({"stranger": AN["an"]})
    wider = np.pad(image, ((0, 0), (0, 320), (0, 0)), constant_values=128)
    facts = [pipeline.look(Frame(wider, number, number / 10, number)) for number in range(20, 50)]

    assert facts[0].ended == (1,)
    assert not [name for each in facts for name in names(each).values() if name]


def test_the_best_picture_of_a_track_comes_with_the_frame_that_brought_it() -> None:
    pipeline, _, _ = watching()
    shots = [face.shot for each in shown(pipeline, AN, 20) for face in each.faces if face.shot is not None]

    assert len(shots) == 1
    assert shots[0].jpeg.startswith(b"\xff\xd8")


def test_who_walks_through_a_zone_and_over_a_line_is_told() -> None:
    zone = Zone("gate", ((0.2, 0.0), (0.35, 0.0), (0.35, 1.0), (0.2, 1.0)))
    line = Line("door", (0.3, 0.0), (0.3, 1.0))
    pipeline, _, _ = watching(Options(PROFILE, motion=None, objects=Persons(), zones=(zone,), lines=(line,)))
    facts = shown(pipeline, {}, 80)

    assert [type(event).__name__ for each in facts for event in each.zones] == ["Entered", "Left"]
    about = [each.about[event.track] for each in facts for event in each.zones if isinstance(event, Entered | Left)]
    assert [(visit.label, visit.false_positive) for visit in about] == [("person", False)] * 2
    assert [event.line for each in facts for event in each.crossed] == ["door"]
    types = [event.type for each in facts for event in each.visits if event.after.label == "person"]
    assert (types[0], types[-1], types.count(Change.NEW), types.count(Change.END)) == (Change.NEW, Change.END, 1, 1)


def test_memory_is_flat_over_many_visits() -> None:
    pipeline, _, _ = watching(Options(PROFILE, motion=None))
    most = 0
    for number in range(3_000):
        present = {"an": (40 + 8 * (number % 60), 100)} if number % 90 < 60 else {}
        pipeline.look(staged.frame(number, present))
        most = max(most, len(pipeline))

    assert most <= 2


class Persons:
    """Sees one person who walks by, tall enough to show a face, for 20 of every 40 frames it is asked about."""

    labels = ("person",)

    def __init__(self) -> None:
        self._asked = -1

    def detect(self, image: Image) -> Detections:  # noqa: ARG002 - it sees what it is to see
        self._asked += 1
        step = self._asked % 40
        box = np.array([[10 + 8 * step, 20, 110 + 8 * step, 330]] if step < 20 else [], np.float32).reshape(-1, 4)
        return Detections(box, np.full(len(box), 0.9, np.float32), np.zeros(len(box), np.int32))


def test_a_camera_that_sees_persons_and_no_face_says_so() -> None:
    pipeline, _, _ = watching(Options(PROFILE, motion=None, objects=Persons(), patience=Patience(persons=3, seconds=20)))
    facts = shown(pipeline, {}, 400)
    first = next(each for each in facts if each.blind)

    assert facts[-1].funnel.persons == 5
    assert first.funnel.persons == 3
    assert first.funnel.faces == 0


def test_one_face_is_enough_not_to_be_blind() -> None:
    pipeline, _, _ = watching(Options(PROFILE, motion=None, objects=Persons(), patience=Patience(persons=3, seconds=20)))
    shown(pipeline, {}, 200)
    shown(pipeline, AN, 10, first=200)

    assert not any(each.blind for each in shown(pipeline, {}, 100, first=210))
