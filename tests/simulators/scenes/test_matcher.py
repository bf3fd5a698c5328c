import pytest

from simulators.scenes.matcher import Decision, scored
from simulators.scenes.script import Level
from simulators.scenes.truth import Box, FaceTruth, FrameTruth, Presence, SceneTruth, Truth, VisitTruth

POINTS = ((0.0, 0.0),) * 5
WHERE: dict[str, Box] = {"lan": (100, 100, 160, 180), "minh": (400, 100, 460, 180), "guest": (700, 100, 760, 180)}


def presence(number: int, name: str) -> Presence:
    left, top, right, _ = WHERE[name]
    faces = [FaceTruth(person=name, box=WHERE[name], landmarks=POINTS, visible=1.0)]
    if name == "guest":
        faces.append(FaceTruth(person="lan", box=(800, 100, 860, 180), landmarks=POINTS, visible=1.0, live=False))
    return Presence(
        visit=f"v{number}", person=name, box=(left - 60, top - 20, right + 60, 600), visible=1.0, distance_m=2.0, faces=tuple(faces)
    )


def visit(number: int, name: str, *, known: bool = True, usable_s: float | None = 1.0) -> VisitTruth:
    return VisitTruth(id=f"v{number}", person=name, known=known, picture="1.jpg", from_s=0.0, to_s=9.9, usable_s=usable_s)


@pytest.fixture
def truth() -> Truth:
    """Lan and Minh, enrolled, and a guest who is not and who holds up Lan's picture: each stands still for ten seconds."""
    people = tuple(presence(number, name) for number, name in enumerate(WHERE, 1))
    frames = tuple(FrameTruth(number=number, at_s=number / 10, level=Level.NORMAL, people=people) for number in range(100))
    scene = SceneTruth(seed=1, width=1280, height=720, fps=10.0, frames=100, enrolled={"lan": "1.jpg", "minh": "1.jpg"})
    return Truth(scene, frames, (visit(1, "lan"), visit(2, "minh"), visit(3, "guest", known=False)))


def said(name: str | None, at: str | Box, at_s: float = 3.0, track: str = "t") -> Decision:
    return Decision(name=name, at_s=at_s, box=WHERE[at] if isinstance(at, str) else at, track=track)


def test_everybody_named_rightly_is_perfect(truth: Truth) -> None:
    score = scored(truth, [said("lan", "lan"), said("minh", "minh", 4.0), said(None, "guest")])

    assert (score.precision, score.recall) == (1.0, 1.0)
    assert (score.due, score.right, score.strangers, score.strangers_named) == (2, 2, 1, 0)
    assert score.seconds_to_name == 2.5


def test_nobody_named_is_precise_and_misses_all(truth: Truth) -> None:
    score = scored(truth, [said(None, "lan")])

    assert (score.precision, score.recall, score.missed) == (1.0, 0.0, 2)


def test_a_wrong_name_spoils_a_visit_even_beside_the_right_one(truth: Truth) -> None:
    score = scored(truth, [said("lan", "lan"), said("minh", "lan", 4.0), said("minh", "minh")])

    assert (score.right, score.wrong, score.missed) == (1, 1, 0)
    assert score.precision == 0.5
    assert score.recall == 0.5


def test_a_stranger_who_gets_a_name_is_told(truth: Truth) -> None:
    score = scored(truth, [said("lan", "lan"), said("minh", "minh"), said("minh", "guest")])

    assert score.strangers_named == 1
    assert score.precision == pytest.approx(2 / 3)


def test_a_name_given_to_a_picture_is_told_once_a_track_and_is_not_the_visits(truth: Truth) -> None:
    picture: Box = (800, 100, 860, 180)
    score = scored(truth, [said("lan", picture), said("lan", picture, 5.0), said(None, picture, 6.0)])

    assert (score.pictures_named, score.strangers_named, score.wrong) == (1, 0, 0)


def test_a_named_box_where_nobody_is_is_a_stray(truth: Truth) -> None:
    score = scored(truth, [said("lan", (0, 0, 20, 20)), said(None, (0, 0, 20, 20)), said("minh", "minh", at_s=60.0)])

    assert (score.strays, score.precision) == (2, 0.0)


def test_a_persons_box_will_do_as_well_as_a_faces(truth: Truth) -> None:
    assert scored(truth, [said("lan", (40, 80, 220, 600))]).right == 1


def test_who_could_hardly_be_recognised_is_not_missed_but_counts_if_right(truth: Truth) -> None:
    hard = Truth(truth.scene, truth.frames, (visit(1, "lan", usable_s=None), *truth.visits[1:]))

    assert scored(hard, []).missed == 1
    assert scored(hard, [said("lan", "lan")]).bonus == 1
    assert scored(hard, [said("lan", "lan")]).precision == 1.0


def test_the_order_of_decisions_does_not_matter_and_repetition_neither(truth: Truth) -> None:
    decisions = [said("lan", "lan", 5.0), said("lan", "lan", 2.0), said("lan", "lan", 8.0)]

    assert scored(truth, decisions) == scored(truth, decisions[::-1])
    assert scored(truth, decisions).seconds_to_name == 1.0


def test_a_scene_without_frames_has_only_strays(truth: Truth) -> None:
    assert scored(Truth(truth.scene), [said("lan", "lan")]).strays == 1
