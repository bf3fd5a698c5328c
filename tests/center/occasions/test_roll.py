import unicodedata
from uuid import UUID

import pytest

from center.occasions.delegate_models import DelegatePatch, DelegatesIn
from center.occasions.models import Presence
from tests.center.occasions.hall import BY, Hall

pytestmark = pytest.mark.servers

NAMES = ("Đặng Thị Hồng Ngọc", "Nguyễn Văn An", "Nguyễn Văn Ánh", "Trần Đức Ngọc")


async def names(hall: Hall, **asked: object) -> list[str]:
    page = await hall.room.checkin.roll.page(hall.occasion, DelegatesIn.model_validate(asked))
    return [one.name for one in page.items]


QUERIES: tuple[tuple[str, list[str]], ...] = (
    ("ngoc", ["Đặng Thị Hồng Ngọc", "Trần Đức Ngọc"]),
    ("ngoc dang", ["Đặng Thị Hồng Ngọc"]),
    ("ĐỨC", ["Trần Đức Ngọc"]),
    (unicodedata.normalize("NFD", "Ánh"), ["Nguyễn Văn Ánh"]),
    ("an", ["Nguyễn Văn An", "Nguyễn Văn Ánh"]),
    ("van nguyen", ["Nguyễn Văn An", "Nguyễn Văn Ánh"]),
    ("xyz", []),
    ("", list(NAMES)),
)


async def test_a_delegate_is_found_by_words_without_marks_in_any_order(hall: Hall) -> None:
    for name in NAMES:
        await hall.delegate(unicodedata.normalize("NFD", name))
    for query, expected in QUERIES:
        assert await names(hall, q=query) == expected, query


async def test_delegates_come_page_by_page_each_once(hall: Hall) -> None:
    made = [(await hall.delegate("Nguyễn Văn An")).id for _ in range(5)] + [(await hall.delegate("Bùi Thị Ba")).id]
    found: list[UUID] = []
    word = None
    while True:
        page = await hall.room.checkin.roll.page(hall.occasion, DelegatesIn(limit=2, cursor=word))
        found += [one.id for one in page.items]
        word = page.next
        if word is None:
            break

    assert found == [made[-1], *sorted(made[:-1])]


async def test_delegates_are_narrowed_by_list_delegation_and_presence(hall: Hall) -> None:
    ngoc = await hall.delegate("Trần Đức Ngọc")
    await hall.room.checkin.delegates.change(BY, ngoc.id, DelegatePatch(delegation="Tổ 1"))
    await hall.delegate("Nguyễn Văn An", listed=False)

    assert await names(hall, list=hall.list) == ["Trần Đức Ngọc"]
    assert await names(hall, delegation="Tổ 1") == ["Trần Đức Ngọc"]
    assert await names(hall, delegation="Tổ 2") == []
    assert await names(hall, list=hall.list, status=Presence.MISSING) == ["Trần Đức Ngọc"]
    assert await names(hall, status=Presence.ARRIVED) == []
    assert await names(hall, status=Presence.INSIDE) == []


async def test_a_delegate_says_what_they_agreed_to(hall: Hall) -> None:
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    agreed = delegate.consent
    assert delegate.person is not None
    await hall.agree(delegate.person, given=False)

    assert (agreed.face, agreed.photo_shown, delegate.enrolled) == (True, False, False)
    assert not (await hall.room.checkin.roll.get(delegate.id)).consent.face
