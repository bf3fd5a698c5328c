"""An entrance with real faces: two people who are enrolled and two strangers; what a pipeline says of them, against the truth."""

import asyncio
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from simulators.rtsp import RtspServer
from simulators.scenes import stamp
from simulators.scenes.matcher import Decision, Score, scored
from simulators.scenes.people import Folder
from simulators.scenes.scene import Scene, prepared
from simulators.scenes.script import Arrival, Level, LightChange, PathName, SceneScript
from simulators.scenes.truth import Truth
from simulators.scenes.visits import Visits
from tests.edge.shows import camera, shown
from vision import assembly, gallery_contents, pictures, portrait, thresholds, yunet
from vision.assembly import Options
from vision.engine import FaceEngine
from vision.face_watch import SeenFace
from vision.frames import Frame, Image
from vision.gallery import Gallery
from vision.gallery_entries import Person
from vision.gates import ENROLMENT
from vision.pipeline import Pipeline
from vision.profile import check_in
from vision.stopwatch import Stopwatch, untimed

KNOWN: Final = ("obama", "biden")
FPS: Final = 10.0
SECONDS: Final = 27.0
_VISIT_S: Final = 11.0
YUNET: Final = "opencv/face_detection_yunet_2023mar.onnx"
STRANGERS: Final = (("skimage", "data/astronaut.png"), ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"))
VISITS: Final = (
    ("obama", 0.5, PathName.CENTRE, "2.jpg"),
    ("biden", 1.5, PathName.LEFT, "2.jpg"),
    ("astronaut", 4.0, PathName.RIGHT, None),
    ("obama", 12.0, PathName.CROSS_RIGHT, "3.jpg"),
    ("biden", 12.5, PathName.CROSS_LEFT, "2.jpg"),
    ("obama", 15.0, PathName.RIGHT, "small.jpg"),
    ("grace_hopper", 16.0, PathName.CENTRE, None),
)
"""Who comes when, on which path, with which photo: never the one that is enrolled."""


def folder(testdata: Path, into: Path) -> Path:
    """Return a folder of the people of the scene: links to their pictures where they are."""
    for person in KNOWN:
        (into / person).symlink_to(testdata / "faces" / person)
    for package, picture in STRANGERS:
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        file = Path(spec.origin).parent / picture
        (into / file.stem).mkdir()
        (into / file.stem / file.name).symlink_to(file)
    return into


def scene(people: Path, models: Path, level: Level, seconds: float = SECONDS) -> Scene:
    """Return the scene in a light; who comes too late to be gone by its end does not come."""
    arrivals = (
        Arrival(person=person, at_s=at_s, path=path, picture=picture)
        for person, at_s, path, picture in VISITS
        if at_s + _VISIT_S <= seconds
    )
    light = (LightChange(from_s=0, level=level),)
    script = SceneScript(seconds=seconds, fps=FPS, light=light, enrolled=KNOWN, arrivals=tuple(arrivals))
    return prepared(script, Folder(people, yunet.opened(models / YUNET)))


def gallery(people: Path, engine: FaceEngine) -> Gallery:
    """Return both, enrolled from their first photo."""
    made = Gallery(gallery_contents.nothing("entrance", engine.model, engine.embedder.dimensions))
    for person in KNOWN:
        image = pictures.opened(people / person / "1.jpg")
        face = portrait.only(portrait.judged(image, engine, ENROLMENT), f"{person}/1.jpg")
        made.change([Person(person, engine.embed(image, [face]))])
    return made


def pipeline(engine: FaceEngine, enrolled: Gallery, stopwatch: Stopwatch = untimed) -> Pipeline:
    """Return the pipeline of a check-in desk."""
    return assembly.pipeline(engine, enrolled, Options(check_in(thresholds.same_above(engine.model))), str, stopwatch)


class Watching:
    """Hands frames to a pipeline and notes what it says; the number in each picture says which frame of the scene it is."""

    def __init__(self, looking: Pipeline) -> None:
        self._looking = looking
        self._said: list[Decision] = []
        self.frames = 0

    def look(self, frame: Frame) -> None:
        """Look at a frame."""
        facts = self._looking.look(frame)
        self.frames += 1
        number = stamp.read(frame.image)
        if number is not None:
            self._said += [_said(face, number) for face in facts.faces if face.decision is not None]

    def score(self, place: Scene) -> Score:
        """Return what all of it is worth."""
        return scored(truth(place), self._said)


async def over_the_network(place: Scene, watching: Watching, into: Path) -> None:
    """Show the scene once as a camera of the network, RTSP over TCP, to one of the edge's cameras; the newest frame is looked at."""

    def pictures() -> Iterator[Image]:
        return (composed.image for composed in place.all())

    with RtspServer(pictures, fps=FPS) as server:
        settings = camera(url=server.url, fps=FPS, stall_s=5.0, open_s=5.0, repeat=False)
        async with shown(settings, into) as show:
            await show.online()
            while server.sent < place.script.frames and (frame := await asyncio.to_thread(show.camera.frames.take, 3.0)) is not None:
                await asyncio.to_thread(watching.look, frame)


def truth(place: Scene) -> Truth:
    """Return the whole truth of a scene."""
    visits = Visits(place.cast)
    frames = []
    for composed in place.all():
        visits.see(composed.truth)
        frames.append(composed.truth)
    return Truth(place.head, tuple(frames), visits.truth())


def _said(face: SeenFace, number: int) -> Decision:
    left, top, right, bottom = (float(value) for value in face.face.box_xyxy)
    name = face.decision.person if face.decision is not None else None
    return Decision(name=name, at_s=number / FPS, box=(left, top, right, bottom), track=str(face.track))
