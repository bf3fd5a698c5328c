import io
import struct
import unicodedata
import zipfile
from typing import Literal

import pytest

from center.bodies import PHOTO
from center.people import archive
from center.people.archive import Archive
from tests.center.people.archives import flagged, linked, twice, unflagged, zipped
from wardroom.errors import PeopleError


def opened(data: bytes) -> Archive:
    return archive.opened(io.BytesIO(data))


def refusals(data: bytes) -> dict[str, str | None]:
    found = opened(data)
    told: dict[str, str | None] = {}
    for entry in found.entries:
        try:
            found.read(entry)
        except PeopleError as error:
            told[entry.name] = error.key.removeprefix("people.")
        else:
            told[entry.name] = None
    return told


@pytest.mark.parametrize(
    "name", ["../a.jpg", "b/../../a.jpg", "/etc/passwd", "C:/a.jpg", "C:a.jpg", "..\\a.jpg", "b\\..\\a.jpg", "\\\\server\\a.jpg", ".."]
)
def test_a_name_that_leads_out_of_the_archive_is_refused_and_the_rest_goes_on(name: str) -> None:
    told = refusals(zipped({name: b"x", "an.jpg": b"y"}))

    assert told.pop("an.jpg") is None
    assert list(told.values()) == ["entry_path"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (linked("a.jpg", "/etc/passwd"), {"a.jpg": "entry_link"}),
        (twice("a.jpg", b"1", b"2"), {"a.jpg": "entry_twice"}),
        (zipped({"Ân.jpg": b"1", unicodedata.normalize("NFD", "ân.JPG"): b"2"}), {"Ân.jpg": None, "ân.JPG": "entry_twice"}),
        (flagged(zipped({"a.jpg": b"x"}), 1), {"a.jpg": "entry_encrypted"}),
        (zipped({"a.zip": zipped({"b.jpg": b"x"})}), {"a.zip": "entry_nested"}),
        (zipped({"a.jpg": b""}), {"a.jpg": "entry_empty"}),
        (zipped({"a.jpg": bytes(PHOTO + 1)}, zipfile.ZIP_STORED), {"a.jpg": "entry_large"}),
        (zipped({"a.jpg": bytes(8_000_000)}), {"a.jpg": "entry_bomb"}),
        (zipped({"a.jpg": b"x" * 100}, zipfile.ZIP_LZMA), {"a.jpg": "entry_method"}),
        (zipped({"__MACOSX/._a.jpg": b"x", ".DS_Store": b"x", "b/": b"", "b/Thumbs.db": b"x", "b/a.jpg": b"x"}), {"b/a.jpg": None}),
    ],
    ids=["link", "twice", "twice in two spellings", "encrypted", "nested", "empty", "large", "bomb", "method", "leftovers"],
)
def test_an_entry_that_is_no_photo_to_look_at_is_refused_for_what_it_is(data: bytes, told: dict[str, str | None]) -> None:
    assert refusals(data) == told


def test_every_refusal_is_a_sentence_in_both_languages_that_names_the_file() -> None:
    data = zipped({"../a.jpg": b"x", "b.zip": b"x", "c.jpg": b"", "d.jpg": bytes(8_000_000)})
    faults = [entry.refusal for entry in opened(data).entries]

    assert all(fault is not None and "jpg" in fault.sentence(spoken) + ".jpg" for fault in faults for spoken in ("vi", "en"))


def test_a_damaged_entry_is_refused_and_the_rest_goes_on() -> None:
    data = bytearray(zipped({"a.jpg": b"x" * 1_000, "b.jpg": b"y"}, zipfile.ZIP_STORED))
    data[100] ^= 1

    assert refusals(bytes(data)) == {"a.jpg": "entry_unreadable", "b.jpg": None}


def test_all_entries_together_are_bounded() -> None:
    found = opened(zipped({"a.jpg": b"x" * 10, "b.jpg": b"y" * 10}, zipfile.ZIP_STORED))
    found._left = 15
    first, second = found.entries

    assert found.read(first) == b"x" * 10
    with pytest.raises(PeopleError, match="together"):
        found.read(second)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("said", [True, False], ids=["utf-8", "utf-8 unsaid"])
def test_a_vietnamese_name_is_read_however_it_was_written(form: Literal["NFC", "NFD"], said: bool) -> None:  # noqa: FBT001 - a parameter
    data = zipped({unicodedata.normalize(form, "Nguyễn Thị Đào.jpg"): b"x"})

    assert list(refusals(data if said else unflagged(data))) == ["Nguyễn Thị Đào.jpg"]


def test_a_name_in_windows_own_vietnamese_page_is_read() -> None:
    written = "Nguy\u00ea\u0303n Thi\u0323 \u0110a\u0300o.jpg".encode("cp1258")
    data = zipped({"x" * len(written): b"x"}).replace(b"x" * len(written), written)

    assert list(refusals(data)) == ["Nguyễn Thị Đào.jpg"]


def test_a_name_of_the_old_code_page_stays_readable() -> None:
    data = unflagged(zipped({"Xé.jpg": b"x"})).replace("Xé".encode(), b"X\x82\x30")

    assert list(refusals(data)) == ["Xé0.jpg"]


@pytest.mark.parametrize("data", [b"", b"hello", zipped({"a.jpg": b"x"})[:-10], b"PK\x05\x06", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_one_sentence(data: bytes) -> None:
    with pytest.raises(PeopleError, match="ZIP"):
        opened(data)


def test_more_entries_than_anybody_has_delegates_are_refused_before_they_are_read() -> None:
    many = zipped({f"{number}.jpg": b"" for number in range(archive.ENTRIES + 1)}, zipfile.ZIP_STORED)
    claimed = bytearray(zipped({"a.jpg": b"x"}))
    struct.pack_into("<L", claimed, claimed.rfind(b"PK\x05\x06") + 12, 1 << 30)

    for data in (many, bytes(claimed)):
        with pytest.raises(PeopleError, match="5000"):
            opened(data)
