"""Who is known again, of many."""

from collections.abc import Sequence

import uuid6

from center.papers import matching, reader
from center.papers.matching import Known
from center.papers.plan import MOST_PROBLEMS


def known(names: Sequence[str], *, first_seat: int = 0) -> list[Known]:
    return [
        Known(
            id=uuid6.uuid7(),
            person=None,
            title="",
            name=name,
            position="",
            unit="Chi bộ 1",
            delegation="",
            seat=f"A{number}",
            photo_file="",
            digest=None,
            listed=0,
        )
        for number, name in enumerate(names, start=first_seat)
    ]


def plan(*rows: str) -> bytes:
    return "\n".join(("Họ tên;Đơn vị;Số ghế", *rows)).encode()


def test_many_of_one_name_and_unit_are_each_known_again_by_their_seat() -> None:
    old = known(["Lê Văn An"] * 3_000)
    read = reader.read(plan(*(f"Lê Văn An;Chi bộ 1;A{number}" for number in reversed(range(3_000)))))
    found = matching.compare(read, old, 0)

    assert (len(found.created), len(found.changed), len(found.unchanged)) == (0, 0, 3_000)


def test_who_changed_seats_is_known_again_after_those_who_kept_theirs() -> None:
    old = known(["Lê Văn An"] * 2, first_seat=1)
    read = reader.read(plan("Lê Văn An;Chi bộ 1;A9", "Lê Văn An;Chi bộ 1;A1"))
    found = matching.compare(read, old, 0)

    assert [(one.known.seat, one.entry.seat) for one in found.changed] == [("A2", "A9")]
    assert [one.seat for one in found.unchanged] == ["A1"]


def test_of_too_many_problems_the_first_are_told_and_how_many_more_there_are() -> None:
    old = known([f"Người {number}" for number in range(MOST_PROBLEMS + 10)])
    read = reader.read(plan(*(f"Lê Văn {number};Chi bộ 2;A{number}" for number in range(MOST_PROBLEMS + 10))))
    found = matching.compare(read, old, 0)

    assert len(found.problems) == MOST_PROBLEMS + 1
    assert "Còn 11 điều" in found.problems[-1].sentence("vi")
