"""a folder of people → their photos: one folder a person, named like them, with pictures in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wardroom.errors import ConfigError

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
MOST: Final = 2_000
"""Photos at once: every two are compared, two million pairs."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture of one person."""

    person: str
    file: Path


def photos(folder: Path, *, persons: int = 1) -> Sequence[Photo]:
    """Return the photos under `folder`, by person and name; raises ConfigError for fewer than `persons` or more than `MOST` photos."""
    if not folder.is_dir():
        raise ConfigError("vision.no_folder", folder=folder)
    found = [
        Photo(person.name, file)
        for person in sorted(folder.iterdir())
        if person.is_dir()
        for file in sorted(person.iterdir())
        if file.suffix.lower() in SUFFIXES and file.is_file()
    ]
    if not found:
        raise ConfigError("vision.no_people", folder=folder)
    if len({photo.person for photo in found}) < persons:
        raise ConfigError("vision.one_person", folder=folder, person=found[0].person)
    if len(found) > MOST:
        raise ConfigError("vision.many_photos", folder=folder, count=len(found), most=MOST)
    return found
