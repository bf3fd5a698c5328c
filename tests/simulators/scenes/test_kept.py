from simulators.scenes.kept import Kept


def test_of_too_many_the_one_not_asked_for_longest_goes() -> None:
    kept: Kept[int, str] = Kept(2)
    kept.put(1, "one")
    kept.put(2, "two")
    kept.get(1, lambda: "never")
    kept.put(3, "three")

    assert [kept.peek(key) for key in (1, 2, 3)] == ["one", None, "three"]
    assert len(kept) == 2


def test_a_value_is_made_once() -> None:
    kept: Kept[str, list[int]] = Kept(4)

    assert kept.get("a", list) is kept.get("a", list)


def test_a_hundred_thousand_keys_leave_no_more_than_the_most() -> None:
    kept: Kept[int, int] = Kept(8)
    for key in range(100_000):
        kept.put(key, key)

    assert len(kept) == 8
