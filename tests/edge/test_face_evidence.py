from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import numpy as np

from edge.face_evidence import FaceEvidence
from vision.best_shot import Shot


def seen(track: int, jpeg: bytes | None) -> Any:
    """Return a face of a track, with a new best picture or without; nothing else of it matters here."""
    shot = None if jpeg is None else Shot(0.5, 0, 0.0, jpeg, np.zeros((112, 112, 3), np.uint8))
    return SimpleNamespace(track=track, shot=shot)


class Kept:
    """Keeps what it is given."""

    def __init__(self, *, full: bool = False) -> None:
        self.shots: list[bytes] = []
        self.full = full

    def __call__(self, jpeg: bytes) -> str | None:
        self.shots.append(jpeg)
        return None if self.full else sha256(jpeg).hexdigest()


def test_a_picture_is_kept_when_something_is_told_of_its_track_and_only_once() -> None:
    kept = Kept()
    evidence = FaceEvidence(kept)
    evidence.note([seen(1, b"far"), seen(2, b"other")])
    evidence.note([seen(1, b"near"), seen(2, None)])
    first, again = evidence.of(1), evidence.of(1)

    assert first == again == sha256(b"near").hexdigest()
    assert kept.shots == [b"near"]
    assert evidence.of(3) is None


def test_a_better_picture_is_the_visits_from_then_on_and_a_full_disk_leaves_the_one_before() -> None:
    kept = Kept()
    evidence = FaceEvidence(kept)
    evidence.note([seen(1, b"far")])
    far = evidence.of(1)
    kept.full = True
    evidence.note([seen(1, b"near")])

    assert evidence.of(1) == far


def test_nothing_stays_of_tracks_that_ended_or_where_nobody_keeps_pictures() -> None:
    evidence, nobody = FaceEvidence(Kept()), FaceEvidence()
    for one in (evidence, nobody):
        one.note([seen(1, b"a"), seen(2, b"b")])
        one.of(1)
    assert (len(evidence), len(nobody), nobody.of(2)) == (2, 0, None)

    evidence.forget([1, 2])
    assert len(evidence) == 0
