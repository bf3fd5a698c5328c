from datetime import UTC, datetime

from simulators.attendance import Counted, Told, checked_in, compared, inside, truth
from wardroom.admission import Direction, Method, Result

IN, OUT = Direction.IN, Direction.OUT


def told(name: str, at_us: int, who: int | None = 7, **more: object) -> Told:
    fields: dict[str, object] = {"gate": "main", "direction": IN, "method": Method.FACE} | more
    return Told(id=name, at_us=at_us, delegate=who, **fields)  # type: ignore[arg-type]


STORY = (
    told("d", 40),
    told("a", 10),
    told("b", 10, gate="side", method=Method.CODE),
    told("c", 30, direction=OUT, gate="exit"),
    told("s", 20, None, stranger=1),
    told("f", 25, None, method=Method.CODE, foreign=True),
    told("r", 26, 8),
)
REVOKED = {8: datetime(1970, 1, 1, tzinfo=UTC)}
TRUTH = truth(STORY, REVOKED)


def test_everything_told_counts_for_something_whatever_its_order() -> None:
    results = {name: counted.result for name, counted in TRUTH.items()}

    assert results == {
        "a": Result.CHECKED_IN,
        "b": Result.ALREADY,
        "c": Result.LEFT,
        "d": Result.RE_ENTERED,
        "s": Result.UNKNOWN,
        "f": Result.WRONG_EVENT,
        "r": Result.REVOKED,
    }
    assert truth(reversed(STORY), REVOKED) == TRUTH


def test_who_was_checked_in_when_and_who_is_inside() -> None:
    assert checked_in(TRUTH) == {7: 10}
    assert inside(STORY, TRUTH) == {7}
    assert inside(STORY[1:], TRUTH) == set()


def test_a_center_that_says_the_same_is_right() -> None:
    assert compared(TRUTH, dict(TRUTH)).equal
    assert compared(TRUTH, dict(TRUTH)).right == len(STORY)


def test_what_is_missing_made_up_or_counted_for_something_else_is_named() -> None:
    said = dict(TRUTH)
    del said["a"]
    said["z"] = Counted(Result.CHECKED_IN, 9, 1)
    said["b"] = Counted(Result.CHECKED_IN, 7, 10)
    found = compared(TRUTH, said)

    assert not found.equal
    assert (found.missing, found.unknown) == (["a"], ["z"])
    assert [one.split(":")[0] for one in found.wrong] == ["b"]


def test_what_is_in_doubt_may_be_missing_and_not_wrong() -> None:
    said = {name: counted for name, counted in TRUTH.items() if name != "s"}

    assert compared(TRUTH, said, doubtful={"s"}).equal
    assert not compared(TRUTH, said | {"s": Counted(Result.CHECKED_IN, 7, 20)}, doubtful={"s"}).equal
