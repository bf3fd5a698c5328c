from pathlib import Path

import pytest

from edge import people
from edge.people import Photo
from wardroom.errors import ConfigError


def put(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")


def test_each_folder_is_a_person_and_each_picture_in_it_a_photo(tmp_path: Path) -> None:
    put(tmp_path, "binh/2.PNG", "an/1.jpg", "binh/1.jpeg", "an/notes.txt", "loose.jpg", "an/deeper/3.jpg")

    assert people.photos(tmp_path) == [
        Photo("an", tmp_path / "an" / "1.jpg"),
        Photo("binh", tmp_path / "binh" / "1.jpeg"),
        Photo("binh", tmp_path / "binh" / "2.PNG"),
    ]


@pytest.mark.parametrize(
    ("names", "folder", "sentence"),
    [
        ((), "nowhere", "there is no such folder"),
        (("loose.jpg",), ".", "no photos of people in it"),  # no folder of a person
        (("an/1.jpg",), ".", "photos of an only"),  # nobody to be confused with
    ],
)
def test_a_folder_that_cannot_be_compared_says_why(tmp_path: Path, names: tuple[str, ...], folder: str, sentence: str) -> None:
    put(tmp_path, *names)

    with pytest.raises(ConfigError, match=sentence):
        people.photos(tmp_path / folder, persons=2)


def test_more_photos_than_can_be_compared_are_refused(tmp_path: Path) -> None:
    put(tmp_path, *(f"an/{number}.jpg" for number in range(people.MOST + 1)))

    with pytest.raises(ConfigError, match="2001 photos"):
        people.photos(tmp_path)
