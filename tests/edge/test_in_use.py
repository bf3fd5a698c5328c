import gc
from pathlib import Path

import pytest

from edge.in_use import InUse


def test_what_two_ask_for_is_opened_once_and_goes_with_the_last_of_them() -> None:
    names = iter(("one", "two", "three"))
    things = InUse[str]()

    first, second, other = (things.used(key, lambda: next(names)) for key in ("a", "a", "b"))
    assert first is second
    assert (second.it, other.it) == ("one", "two")
    del first, second, other
    gc.collect()
    assert len(things) == 0


def test_what_cannot_be_opened_leaves_nothing_and_is_tried_again() -> None:
    things = InUse[str]()
    with pytest.raises(FileNotFoundError):
        things.used("a", lambda: Path("/nowhere/at/all").read_text(encoding="utf-8"))

    assert things.used("a", lambda: "there now").it == "there now"
