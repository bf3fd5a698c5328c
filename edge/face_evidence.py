"""best shots of faces as they come → the digest of a visit's picture: the newest one of its track, kept when something is told of it.

One picture a living track, none where nobody keeps them; it goes when the track ends.
"""

from collections.abc import Iterable

from edge.gates_loading import Keep
from vision.best_shot import Shot
from vision.face_watch import SeenFace


class FaceEvidence:
    """The pictures of one camera's tracks. `keep` is called in the thread that looks."""

    def __init__(self, keep: Keep | None = None) -> None:
        self._keep = keep
        self._shots: dict[int, Shot] = {}
        self._kept: dict[int, str | None] = {}

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._shots.keys() | self._kept.keys())

    def note(self, faces: Iterable[SeenFace]) -> None:
        """Take over the better pictures a frame brought."""
        if self._keep is None:
            return
        for face in faces:
            if face.shot is not None:
                self._shots[face.track] = face.shot

    def of(self, track: int) -> str | None:
        """Return the digest of a track's picture, which is kept now if it was not; None where there is none."""
        shot = self._shots.pop(track, None)
        if shot is not None and self._keep is not None:
            self._kept[track] = self._keep(shot.jpeg) or self._kept.get(track)
        return self._kept.get(track)

    def forget(self, tracks: Iterable[int]) -> None:
        """Drop what is remembered of tracks that ended."""
        for track in tracks:
            self._shots.pop(track, None)
            self._kept.pop(track, None)
