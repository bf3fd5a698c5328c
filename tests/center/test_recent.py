from center.recent import Recent


def test_beyond_its_bound_what_changed_longest_ago_is_forgotten_and_said_to_be() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1, 1)
    recent.put("b", 2, 2)
    recent.put("a", 3, 3)
    assert recent.reaches(0)

    recent.put("c", 4, 4)

    assert (recent.get("b"), recent.last(5)) == (None, [3, 4])
    assert (recent.reaches(1), recent.reaches(2)) == (False, True)
    assert recent.since(3) == [4]


def test_what_is_erased_is_gone() -> None:
    recent: Recent[str, int] = Recent(5)
    recent.put("a", 1, 1)
    recent.put("b", 2, 2)

    assert recent.erase(lambda value: value == 1)
    assert not recent.erase(lambda value: value == 1)
    assert recent.last(5) == [2]
