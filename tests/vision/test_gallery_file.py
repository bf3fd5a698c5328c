from pathlib import Path
from typing import Final

import numpy as np
import pytest

from tests.vision.embeddings import MODEL, people, random
from vision import gallery_contents, gallery_file
from vision.errors import GalleryError
from vision.gallery_contents import Contents
from vision.gallery_delta import EVERYTHING, encoded, since
from vision.gallery_entries import Anchor, Kind, Person
from vision.gallery_packing import packed

KEY: Final = bytes(range(32))


def contents(count: int = 5, dimensions: int = 32) -> Contents:
    bare = gallery_contents.nothing("g1", MODEL, dimensions)
    persons = [Person(f"p{number}", rows[None]) for number, rows in enumerate(random(count, dimensions=dimensions))]
    made = gallery_contents.edited(bare, [*persons, Anchor("m1", random(1, dimensions=dimensions), against="p0")], [])
    return gallery_contents.edited(made, [], [(Kind.PERSON, "p1")])


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize(("count", "dimensions"), [(1, 32), (5, 32), (9_000, 128)])
def test_what_was_written_is_read(tmp_path: Path, count: int, dimensions: int) -> None:
    written = contents(count, dimensions)

    gallery_file.write(written, tmp_path / "gallery", KEY)
    read = gallery_file.read(tmp_path / "gallery", KEY)

    assert encoded(since(read, EVERYTHING)) == encoded(since(written, EVERYTHING))
    assert (read.tombstones, read.floor, read.version) == (written.tombstones, written.floor, written.version)
    assert not read.persons.matrix.flags.writeable


def test_a_gallery_of_nobody_is_written_and_read(tmp_path: Path) -> None:
    gallery_file.write(gallery_contents.nothing("g1", MODEL, 32), tmp_path / "gallery", KEY)

    assert gallery_file.read(tmp_path / "gallery", KEY).version == 0


def test_the_file_shows_its_model_and_gallery_and_nothing_else(tmp_path: Path) -> None:
    file, written = tmp_path / "gallery", contents()
    gallery_file.write(written, file, KEY)
    data = file.read_bytes()

    assert gallery_file.header(file) == gallery_file.Header("g1", MODEL, 32)
    assert b"p2" not in data
    assert not [row for row in written.persons.matrix if row.tobytes() in data]
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_same_gallery_is_never_written_in_the_same_bytes(tmp_path: Path) -> None:
    gallery_file.write(contents(), tmp_path / "one", KEY)
    gallery_file.write(contents(), tmp_path / "two", KEY)
    one, two = (np.frombuffer((tmp_path / name).read_bytes()[-500:], np.uint8) for name in ("one", "two"))

    assert np.mean(one == two) < 0.05


def test_another_key_is_refused_in_a_sentence(tmp_path: Path) -> None:
    gallery_file.write(contents(), tmp_path / "gallery", KEY)

    with pytest.raises(GalleryError, match="this is not the key it was written with"):
        gallery_file.read(tmp_path / "gallery", bytes(32))
    with pytest.raises(GalleryError, match="a key of 5 bytes; it has to have 32"):
        gallery_file.read(tmp_path / "gallery", b"short")


def test_a_file_with_any_byte_changed_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gallery"
    gallery_file.write(contents(2), file, KEY)
    data = file.read_bytes()

    for place in range(len(data)):
        file.write_bytes(data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :])
        with pytest.raises(GalleryError, match=str(file)):
            gallery_file.read(file, KEY)


@pytest.mark.parametrize("count", [2, 9_000])
def test_a_file_cut_short_or_with_more_behind_is_refused(tmp_path: Path, count: int) -> None:
    file = tmp_path / "gallery"
    gallery_file.write(contents(count, 128), file, KEY)
    data = file.read_bytes()
    plain = sum(map(len, packed(gallery_file.read(file, KEY))))
    start = len(data) - plain - 16 * -(-plain // (4 << 20))
    pieces = range(start, len(data), (4 << 20) + 16)  # right between two of them

    for broken in (*(data[:place] for place in (0, 3, 9, 60, *pieces, len(data) - 1)), data + b"\0", data + data):
        file.write_bytes(broken)
        with pytest.raises(GalleryError, match=str(file)):
            gallery_file.read(file, KEY)


def test_a_file_cut_within_its_beginning_is_damaged_and_not_of_another_key(tmp_path: Path) -> None:
    file = tmp_path / "gallery"
    gallery_file.write(contents(2), file, KEY)
    data = file.read_bytes()
    found = set()

    for place in range(len(data)):
        file.write_bytes(data[:place])
        with pytest.raises(GalleryError) as refused:
            gallery_file.read(file, KEY)
        found.add(refused.value.key)

    assert found == {"gallery_file_other", "gallery_file_damaged"}


def test_an_older_file_put_back_is_noticed_by_who_knows_its_version(tmp_path: Path) -> None:
    gallery_file.write(contents(), tmp_path / "gallery", KEY)

    assert gallery_file.read(tmp_path / "gallery", KEY, at_least=2).version == 2
    with pytest.raises(GalleryError, match="version 2 of the gallery, and 3 had been reached"):
        gallery_file.read(tmp_path / "gallery", KEY, at_least=3)


def test_a_missing_file_and_one_of_another_kind_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no gallery")

    with pytest.raises(GalleryError, match="could not be read"):
        gallery_file.read(tmp_path / "none", KEY)
    with pytest.raises(GalleryError, match="could not be read"):
        gallery_file.header(tmp_path)
    with pytest.raises(GalleryError, match="this is no gallery file"):
        gallery_file.header(tmp_path / "text")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "gallery"
    gallery_file.write(contents(), file, KEY)
    data = file.read_bytes()

    with pytest.raises(GalleryError, match="a key of"):
        gallery_file.write(contents(3), file, b"short")
    assert (file.read_bytes(), names(tmp_path)) == (data, ["gallery"])
    with pytest.raises(GalleryError, match="could not be written"):
        gallery_file.write(contents(), tmp_path / "none" / "gallery", KEY)


def test_what_a_crash_left_of_an_older_state_is_gone_with_the_next_write(tmp_path: Path) -> None:
    (tmp_path / ".gallery.new").write_bytes(b"half of an older state")

    gallery_file.write(contents(), tmp_path / "gallery", KEY)

    assert names(tmp_path) == ["gallery"]


def test_nothing_of_somebody_removed_is_in_the_file(tmp_path: Path) -> None:
    gone = Person("gone-person", random(3, seed=9))
    bare = gallery_contents.nothing("g1", MODEL, 32)
    before = gallery_contents.edited(bare, [*people(3), gone], [])
    gallery_file.write(before, tmp_path / "gallery", KEY)
    gallery_file.write(gallery_contents.edited(before, [], [(Kind.PERSON, "gone-person")]), tmp_path / "gallery", KEY)

    plain = b"".join(bytes(part) for part in packed(gallery_file.read(tmp_path / "gallery", KEY)))

    assert b"gone-person" not in plain
    assert not [row for row in gone.embeddings if row.tobytes() in plain]
