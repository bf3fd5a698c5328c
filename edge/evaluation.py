"""photos of people → how well an engine tells them apart: verification, identification, and why a photo is of no use.

Deterministic: the same photos, models and options give the same evaluation.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec import Struct

from edge.people import Photo
from vision import identification, pictures, portrait, verification
from vision.engine import FaceEngine
from vision.errors import PictureError
from vision.faces import Embeddings
from vision.gates import Gates
from vision.identification import Advice, Confusion, Limits
from vision.verification import Pairs, Point


class Finding(Struct, frozen=True):
    """What became of a photo. `reason`: why it is of no use, empty if it is."""

    person: str
    file: str
    faces: int
    usable: bool
    reason: str = ""


class Evaluation(Struct, frozen=True, kw_only=True):
    """What the tables and the JSON file say."""

    model: str
    limits: Limits
    photos: list[Finding]
    same_pairs: int
    other_pairs: int
    points: tuple[Point, ...]
    strict: Point
    confusion: Confusion
    advice: Advice | None


@dataclass(frozen=True, slots=True)
class Judge:
    """What photos are judged by. `language`: of the reasons."""

    engine: FaceEngine
    gates: Gates
    limits: Limits
    language: str


def evaluated(photos: Sequence[Photo], judge: Judge, progress: Callable[[], None]) -> tuple[Evaluation, Pairs]:
    """Return the evaluation and the pairs behind it; `progress` is called after each photo."""
    findings, rows, persons = [], [], []
    for finding, row in _looked_at(photos, judge):
        findings.append(finding)
        if row is not None:
            rows.append(row)
            persons.append(finding.person)
        progress()
    embeddings = np.concatenate(rows) if rows else np.empty((0, judge.engine.embedder.dimensions), np.float32)
    found = verification.pairs(embeddings, persons)
    looks = identification.looks(embeddings, persons)
    evaluation = Evaluation(
        model=judge.engine.model,
        limits=judge.limits,
        photos=findings,
        same_pairs=len(found.same),
        other_pairs=len(found.other),
        points=verification.points(found),
        strict=verification.strict(found),
        confusion=identification.confusion(looks, judge.limits),
        advice=identification.advice(looks),
    )
    return evaluation, found


def _looked_at(photos: Sequence[Photo], judge: Judge) -> Iterator[tuple[Finding, Embeddings | None]]:
    for photo in photos:
        yield _look(photo, judge)


def _look(photo: Photo, judge: Judge) -> tuple[Finding, Embeddings | None]:
    faces = 0
    try:
        image = pictures.opened(photo.file)
        found = portrait.judged(image, judge.engine, judge.gates)
        faces = len(found)
        face = portrait.only(found, photo.file.name)
        row = judge.engine.embed(image, [face])
    except PictureError as error:
        return Finding(photo.person, _name(photo.file), faces, usable=False, reason=error.sentence(judge.language)), None
    return Finding(photo.person, _name(photo.file), faces, usable=True), row


def _name(file: Path) -> str:
    return file.name
