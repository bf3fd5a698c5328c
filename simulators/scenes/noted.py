"""a scene's frames as they pass by → the truth of all of them, and of the visits."""

from collections.abc import Iterable, Iterator

from simulators.scenes.playing import Played
from simulators.scenes.scene import Scene
from simulators.scenes.truth import FrameTruth, Truth
from simulators.scenes.visits import Visits
from vision.frames import Frame


class Noted:
    """Notes the truth of the frames that pass by."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._visits = Visits(scene.cast)
        self._frames: list[FrameTruth] = []

    def watched(self, played: Iterable[Played]) -> Iterator[Frame]:
        """Yield the frames on."""
        for one in played:
            self._visits.see(one.truth)
            self._frames.append(one.truth)
            yield one.frame

    def truth(self) -> Truth:
        """Return what was noted."""
        return Truth(self._scene.head, tuple(self._frames), self._visits.truth())
