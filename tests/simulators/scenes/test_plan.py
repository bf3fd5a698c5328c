from simulators.scenes.cast import cast
from simulators.scenes.optics import Optics
from simulators.scenes.people import Drawn
from simulators.scenes.plan import Wish, planned
from simulators.scenes.script import Level


def test_equal_seeds_plan_the_same_and_others_something_else() -> None:
    people = Drawn(6)

    assert planned(people, Wish(60)) == planned(people, Wish(60))
    assert planned(people, Wish(60)) != planned(people, Wish(60, seed=2))


def test_two_minutes_have_every_kind_of_visit_and_a_stranger_is_never_enrolled() -> None:
    people = Drawn(6)
    script = planned(people, Wish(150))
    visits = cast(script, people, Optics(1280, 720)).visits
    strangers = {visit.arrival.person for visit in visits if not visit.known}

    assert {visit.arrival.person for visit in visits} == set(people.people)
    assert strangers == {"drawn-5", "drawn-6"}
    assert not strangers & set(script.enrolled or ())
    assert any(visit.arrival.badge for visit in visits)
    assert any(visit.arrival.shows for visit in visits)
    assert {visit.arrival.covers for visit in visits} >= {"nothing", "mask"}


def test_a_person_comes_with_a_photo_that_is_not_the_enrolled_one() -> None:
    people = Drawn(3)
    visits = cast(planned(people, Wish(120)), people, Optics(1280, 720)).visits

    assert all(visit.picture != people.people[visit.arrival.person].pictures[0] for visit in visits)


def test_the_light_changes_in_thirds_unless_one_is_asked_for() -> None:
    people = Drawn(2)

    assert {planned(people, Wish(60)).level(at) for at in (5, 25, 45)} == {Level.NORMAL, Level.BRIGHT, Level.DIM}
    assert {planned(people, Wish(60, light=Level.BACKLIT)).level(at) for at in (5, 25, 45)} == {Level.BACKLIT}


def test_the_shortest_scene_has_somebody_and_between_visits_the_corridor_is_empty() -> None:
    people = Drawn(4)
    assert planned(people, Wish(1)).arrivals

    visits = cast(planned(people, Wish(120)), people, Optics(1280, 720)).visits
    empty = [second for second in range(120) if not any(visit.walk.from_s <= second < visit.walk.to_s for visit in visits)]
    assert len(empty) > 5
