import pytest

from vision.settling import Settling

Looks = list[tuple[float, bool]]


def changes(looks: Looks, rise_s: float = 1.0, fall_s: float = 0.5) -> list[tuple[float, bool, float]]:
    """Return when the state changed, to what, and since when."""
    state = Settling(rise_s, fall_s)
    return [(now, state.now, state.since) for now, seen in looks if state.changed(seen, now)]


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([(0, True), (0.5, True), (1, True)], [(1, True, 0)]),  # long enough
        ([(0, True), (5, True)], [(5, True, 0)]),  # two looks far apart are enough
        ([(0, True)], []),  # one is not
        ([(0, True), (0.5, True), (0.9, False), (1, True)], []),  # a gap begins the wait again
        ([(0, True), (1, True), (2, False), (2.5, False)], [(1, True, 0), (2.5, False, 2)]),  # each way has its own wait
        ([(9, True), (0, True), (1, True)], [(1, True, 0)]),  # the stream began again
    ],
)
def test_a_state_changes_when_all_looks_say_so_for_long_enough(looks: Looks, expected: list[tuple[float, bool, float]]) -> None:
    assert changes(looks) == expected


def test_it_is_in_doubt_from_the_first_look_that_says_otherwise() -> None:
    state = Settling(1, 1)
    doubts = [(state.changed(seen, now), state.doubted)[1] for now, seen in ((0.0, False), (0.1, True), (0.2, True), (1.3, True))]

    assert doubts == [False, True, True, False]


def test_without_a_wait_two_looks_decide() -> None:
    assert changes([(0, True), (0.04, True), (0.08, False), (0.12, False)], 0, 0) == [(0.04, True, 0), (0.12, False, 0.08)]
