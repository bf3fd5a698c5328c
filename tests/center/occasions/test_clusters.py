import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from center.occasions.clusters import Clusters


def direction(degrees: float, length: float = 1.0) -> tuple[float, float]:
    return length * math.cos(math.radians(degrees)), length * math.sin(math.radians(degrees))


def test_a_face_belongs_to_the_cluster_it_is_nearest_to() -> None:
    clusters = Clusters(same_above=0.4)
    clusters.learn("a", direction(0))
    clusters.learn("b", direction(90, length=7.0))

    assert clusters.nearest(direction(40)) == "a"
    assert clusters.nearest(direction(50, length=0.01)) == "b"


@pytest.mark.parametrize(("degrees", "expected"), [(59.9, "a"), (60.1, None), (180, None)])
def test_it_must_be_near_enough(degrees: float, expected: str | None) -> None:
    clusters = Clusters(same_above=0.5)
    clusters.learn("a", direction(0))

    assert clusters.nearest(direction(degrees)) == expected


def test_of_two_that_are_as_near_it_is_the_older_one() -> None:
    clusters = Clusters(same_above=0.5)
    for name in ("b", "a"):
        clusters.learn(name, direction(0))

    assert clusters.nearest(direction(0)) == "b"


def test_a_cluster_is_where_its_faces_are_on_the_average() -> None:
    clusters = Clusters(same_above=0.99)
    clusters.learn("a", direction(0))
    clusters.learn("a", direction(60))

    assert clusters.nearest(direction(30)) == "a"
    assert clusters.nearest(direction(0)) is None


@pytest.mark.parametrize("nothing", [(0.0, 0.0), (math.nan, 1.0), (math.inf, 1.0), ()])
def test_what_is_no_direction_is_nobodys(nothing: tuple[float, ...]) -> None:
    clusters = Clusters(same_above=-1.0)
    clusters.learn("a", direction(0))
    clusters.learn("b", nothing)

    assert clusters.nearest(nothing) is None
    assert len(clusters) == 1


def test_faces_of_another_length_never_meet() -> None:
    clusters = Clusters(same_above=-1.0)
    clusters.learn("a", (1.0, 0.0, 0.0))

    assert clusters.nearest((1.0, 0.0)) in {None, "a"}
    assert Clusters(same_above=0.1).nearest((1.0, 0.0)) is None


def test_what_it_keeps_is_bounded() -> None:
    clusters = Clusters(same_above=0.5, most=10)
    for number in range(100):
        clusters.learn(str(number), direction(number))

    assert len(clusters) == 10
    assert "99" in clusters
    clusters.keep(["99", "nobody"])
    assert len(clusters) == 1


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_noisy_faces_of_a_few_people_come_out_as_those_people(seed: int) -> None:
    chance = random.Random(seed)
    people = [[chance.gauss(0, 1) for _ in range(128)] for _ in range(6)]
    shots = [(who, [value + chance.gauss(0, 0.5) for value in people[who]]) for who in [chance.randrange(6) for _ in range(60)]]
    clusters = Clusters(same_above=0.5)
    found: dict[str, set[int]] = {}
    for number, (who, shot) in enumerate(shots):
        name = clusters.nearest(shot) or str(number)
        clusters.learn(name, shot)
        found.setdefault(name, set()).add(who)

    assert all(len(members) == 1 for members in found.values())
    assert len(found) == len({who for who, _ in shots})
