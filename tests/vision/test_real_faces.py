"""Real people, real models, both engines: who is enrolled is known again, and nobody else is taken for anybody.

Strangers are the people in pictures that come with installed packages.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from vision import gallery_contents, pictures, portrait, thresholds, votes
from vision.engine import FaceEngine
from vision.faces import Embeddings
from vision.frames import Image
from vision.gallery import Gallery, Match
from vision.gallery_entries import Person
from vision.gates import RECOGNITION
from vision.portrait import JudgedFace
from vision.profile import Profile, check_in, door
from vision.votes import Reason

KNOWN = ("obama", "biden")
PACKAGED = (
    ("insightface", "data/images/t1.jpg", 6),
    ("insightface", "data/images/Tom_Hanks_54745.png", 1),
    ("skimage", "data/astronaut.png", 1),
    ("skimage", "data/camera.png", 1),
    ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg", 1),
    ("ultralytics", "assets/zidane.jpg", 2),
    ("ultralytics", "assets/bus.jpg", 1),
)
"""Package, picture, and how many people at least show their face in it. Packages that are not installed are left out."""


@dataclass(frozen=True)
class Seen:
    """A picture's faces, the surest first, and their embeddings."""

    faces: tuple[JudgedFace, ...]
    embeddings: Embeddings


class Album:
    """Pictures as an engine sees them, each looked at once."""

    def __init__(self, engine: FaceEngine, testdata: Path) -> None:
        self.engine = engine
        self.faces = testdata / "faces"
        self._seen: dict[Path, Seen] = {}

    def seen(self, file: Path) -> Seen:
        if file not in self._seen:
            self._seen[file] = self.look(pictures.opened(file))
        return self._seen[file]

    def look(self, image: Image) -> Seen:
        faces = portrait.judged(image, self.engine, RECOGNITION)
        return Seen(faces, self.engine.embed(image, [each.face for each in faces]))

    def photos(self, person: str) -> list[Path]:
        return sorted((self.faces / person).glob("*.jpg"))

    def row(self, file: Path) -> Embeddings:
        """Return the embedding of a portrait's one usable face, (1, dimensions)."""
        seen = self.seen(file)
        chosen = portrait.only(seen.faces, file.name)
        return seen.embeddings[[each.face is chosen for each in seen.faces]]

    def gallery(self, **persons: Embeddings) -> Gallery:
        made = Gallery(gallery_contents.nothing("album", self.engine.model, self.engine.embedder.dimensions))
        made.change([Person(person, rows) for person, rows in persons.items()])
        return made

    def named(self, gallery: Gallery, rows: Embeddings, profile: Profile) -> list[str | None]:
        return [name(match, profile) for match in gallery.search(rows, self.engine.model)]


def name(match: Match, profile: Profile) -> str | None:
    return match.person if votes.judged(match, profile) is Reason.NAMED else None


@pytest.fixture(scope="module")
def album(engine: FaceEngine, testdata: Path) -> Album:
    return Album(engine, testdata)


@pytest.fixture(scope="module", params=[check_in, door], ids=["check-in", "door"])
def profile(request: pytest.FixtureRequest, album: Album) -> Profile:
    made: Profile = request.param(thresholds.same_above(album.engine.model))
    return made


@pytest.fixture(scope="module")
def enrolled(album: Album) -> Gallery:
    """Both, from one photo each."""
    return album.gallery(**{person: album.row(album.photos(person)[0]) for person in KNOWN})


def packaged() -> Iterator[tuple[Path, int]]:
    for package, picture, people in PACKAGED:
        spec = find_spec(package)
        file = Path(spec.origin).parent / picture if spec and spec.origin else None
        if file is not None and file.is_file():
            yield file, people


def test_each_photo_of_a_person_is_enough_to_know_all_the_others(album: Album, profile: Profile) -> None:
    photos = {person: album.photos(person) for person in KNOWN}
    missed = []
    for person, other in (KNOWN, reversed(KNOWN)):
        for reference in photos[person]:
            gallery = album.gallery(**{person: album.row(reference), other: album.row(photos[other][0])})
            probes = [file for file in photos[person] if file != reference]
            missed += [(reference.name, probe.name) for probe in probes if album.named(gallery, album.row(probe), profile) != [person]]

    assert [len(files) for files in photos.values()] == [4, 2]
    assert not missed


def test_both_are_known_in_a_scene_and_the_child_beside_them_is_not(album: Album, profile: Profile, enrolled: Gallery) -> None:
    scene = album.seen(album.faces / "scenes" / "obama_and_biden.jpg")
    left_to_right = np.argsort([float(each.face.box_xyxy[0]) for each in scene.faces])
    found = album.named(enrolled, scene.embeddings[left_to_right], profile)

    assert found == ["biden", "obama", None]


def test_a_face_of_240_lines_is_known(album: Album, profile: Profile) -> None:
    small = album.faces / "obama" / "small.jpg"
    gallery = album.gallery(obama=album.row(album.faces / "obama" / "2.jpg"), biden=album.row(album.photos("biden")[0]))

    assert pictures.opened(small).shape[0] == 240
    assert album.named(gallery, album.row(small), profile) == ["obama"]


@pytest.mark.parametrize("picture", ["obama_partial_1.jpg", "obama_partial_2.jpg"])
def test_half_a_face_is_of_no_use_and_would_not_be_given_another_name_either(album: Album, profile: Profile, picture: str) -> None:
    seen = album.seen(album.faces / "scenes" / picture)
    without_him = album.gallery(biden=album.row(album.photos("biden")[0]))

    assert seen.faces
    assert all(each.refusals for each in seen.faces)
    assert set(album.named(without_him, seen.embeddings, profile)) == {None}


def test_six_people_of_one_picture_are_told_apart_and_known_again_at_half_the_size(album: Album, profile: Profile) -> None:
    file = next(path for path, people in packaged() if people == 6)
    whole, image = album.seen(file), pictures.opened(file)
    half = album.look(np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8))
    people = {f"p{number}": row[None] for number, row in enumerate(whole.embeddings)}
    centres = [2 * each.face.box_xyxy.reshape(2, 2).mean(axis=0) for each in half.faces]
    true = [min(range(6), key=lambda place: float(np.abs(_centre(whole.faces[place]) - centre).sum())) for centre in centres]

    assert len(whole.faces) == len(half.faces) == 6
    assert all(float((one @ other.T).max()) < profile.accept for one, other in combinations(people.values(), 2))
    assert album.named(album.gallery(**people), half.embeddings, profile) == [f"p{place}" for place in true]


def test_no_stranger_is_given_a_name(
    album: Album, profile: Profile, enrolled: Gallery, record_property: Callable[[str, object], None]
) -> None:
    rows = [(file.name, album.seen(file).embeddings, people) for file, people in packaged()]
    short = [name for name, embeddings, people in rows if len(embeddings) < people]
    faces = np.concatenate([embeddings for _, embeddings, _ in rows])
    accepted = [found for found in album.named(enrolled, faces, profile) if found is not None]
    record_property("false accepts", f"{len(accepted)} of {len(faces)} strangers")

    assert not short
    assert len(faces) >= 9
    assert not accepted


def test_no_stranger_is_taken_for_another_stranger(album: Album, profile: Profile) -> None:
    faces = np.concatenate([album.seen(file).embeddings for file, _ in packaged()])
    taken = []
    for place in range(len(faces)):
        others = {f"s{number}": row[None] for number, row in enumerate(faces) if number != place}
        taken += [(place, found) for found in album.named(album.gallery(**others), faces[place][None], profile) if found]

    assert not taken


def _centre(face: JudgedFace) -> Embeddings:
    return np.asarray(face.face.box_xyxy.reshape(2, 2).mean(axis=0), np.float32)
