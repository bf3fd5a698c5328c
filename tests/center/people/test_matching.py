import hashlib
import unicodedata

import pytest

from center.people.matching import Candidate, Matching, says_badge
from wardroom.errors import PeopleError

AN = Candidate(name="Nguyễn Văn An", delegate="0193a0a0-0000-7000-8000-000000000001", seat="A-12", photo_file="Ảnh 07.JPG")
DAO = Candidate(name="Trần Thị Đào", delegate="0193a0a0-0000-7000-8000-000000000002", badge=hashlib.sha256(b"WR-7F3K").digest())
FIRST = Candidate(name="Lê Bình", delegate="0193a0a0-0000-7000-8000-000000000003", seat="B1")
SECOND = Candidate(name="Lê Bính", delegate="0193a0a0-0000-7000-8000-000000000004", seat="B2")
EVERYBODY = Matching([AN, DAO, FIRST, SECOND])


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("nguyen-van-an.jpg", AN),
        ("NGUYỄN VĂN AN.JPEG", AN),
        (unicodedata.normalize("NFD", "ảnh/Nguyễn Văn An.png"), AN),
        ("nguyenvanan_2.jpg", AN),
        ("Nguyễn Văn An (3).jpg", AN),
        ("nguyen-van-an/1.jpg", AN),
        ("A12.jpg", AN),
        ("a-12.webp", AN),
        ("đoàn 1/ảnh 07.jpg", AN),
        ("0193a0a0-0000-7000-8000-000000000001.jpg", AN),
        ("WR-7F3K.png", DAO),
        ("tran.thi.dao.jpg", DAO),
        ("b2.jpg", SECOND),
        ("lê bình.jpg", FIRST),
        (unicodedata.normalize("NFD", "LÊ BÍNH (2).jpg"), SECOND),
        ("Lê-Bính/1.jpg", SECOND),
    ],
)
def test_a_file_name_finds_its_person(path: str, who: Candidate) -> None:
    assert EVERYBODY.find(path) is who


@pytest.mark.parametrize("path", ["le-binh.jpg", "lê bịnh.jpg", "le-binh/1.jpg", "LE BINH 2.jpg"])
def test_where_two_are_called_alike_nobody_is_guessed(path: str) -> None:
    with pytest.raises(PeopleError, match="2 people"):
        EVERYBODY.find(path)


@pytest.mark.parametrize("path", ["IMG_1234.jpg", "wr-7f3k.png", ".jpg", "nguyen-van.jpg", "1.jpg", "an/x.jpg", "2/nguyen van anh.jpg"])
def test_a_name_that_means_nobody_is_refused(path: str) -> None:
    with pytest.raises(PeopleError, match="nobody"):
        EVERYBODY.find(path)


def test_a_name_that_holds_the_text_of_the_persons_badge_is_told_from_one_that_does_not() -> None:
    said = ("WR-7F3K.png", "photos/WR-7F3K.png", "WR-7F3K/1.jpg")

    assert [says_badge(path, DAO) for path in said] == [True] * 3
    assert not any(says_badge(path, AN) for path in said)
    assert not says_badge("tran.thi.dao.jpg", DAO)
