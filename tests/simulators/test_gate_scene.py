from itertools import pairwise

import msgspec

from simulators import gate_scene, hall, schedule
from simulators.arrivals import story
from simulators.delegates import delegates
from simulators.scenes import script
from simulators.schedule import Pace
from wardroom.admission import Method

START_US = 1_790_000_000_000_000
TOLD = [
    one
    for one in schedule.scheduled(story(delegates(1), hall.GATES, 1), Pace(start_us=START_US, times=hall.TIMES), {}, 1)
    if one.gate == hall.MAIN.id
]
SHOWN = gate_scene.shown(TOLD, {})
SCENE = gate_scene.scene(SHOWN, START_US, {})


def test_every_badge_is_held_up_at_the_gate_about_when_it_is_due_and_never_behind_somebodys_back() -> None:
    due = sorted((one.at_us - START_US) / 1e6 for one in TOLD if one.method is Method.CODE)
    began = [arrival.at_s for arrival in SCENE.arrivals]

    assert {arrival.badge for arrival in SCENE.arrivals} == {one.code for one in TOLD if one.method is Method.CODE}
    assert min(after - before for before, after in pairwise(began)) > 2.5
    assert all(-0.01 <= at_s + gate_scene.WALK_S - due_s < 20 for at_s, due_s in zip(began, due, strict=True))


def test_whoever_comes_by_face_is_not_in_it() -> None:
    assert len(SCENE.arrivals) < len(TOLD)
    assert SCENE.enrolled == ()


def test_it_is_known_when_each_goes_on_from_the_gate() -> None:
    gone = gate_scene.gone_by(SCENE)

    assert len(gone) == len(SHOWN)
    assert all(gone_s > arrival.at_s + gate_scene.WALK_S for gone_s, arrival in zip(gone, SCENE.arrivals, strict=True))


def test_with_portraits_only_their_people_come_and_show_no_badge() -> None:
    some = list(dict.fromkeys(one.delegate for one in TOLD if one.delegate is not None))[:2]
    faces = dict(zip(some, ("lan", "minh"), strict=True))
    shown = gate_scene.shown(TOLD, faces)
    scene = gate_scene.scene(shown, START_US, faces)

    assert {one.delegate for one in shown} == set(some)
    assert {(arrival.person, arrival.badge) for arrival in scene.arrivals} == {("lan", None), ("minh", None)}


def test_the_script_survives_its_file() -> None:
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(script.plain(SCENE))), script.SceneScript) == SCENE
