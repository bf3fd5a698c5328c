"""From a camera of the network to the broker: a real person is known by the right name, a stranger by none, one visit each."""

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain, repeat
from pathlib import Path

import msgspec
import pytest

from edge.app import App
from edge.settings import load
from simulators.rtsp import RtspServer
from tests.edge import sight
from tests.edge.a_center import ACenter, a_center
from tests.edge.fake_ingest import FakeIngest
from tests.edge.test_app import configured, running
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from tests.vision.exports import DETECTOR, exported
from vision.best_shot import SIDE
from vision.frames import Image
from vision.gallery_key import new_key
from vision.pictures import opened
from wardroom.clock import SystemClock
from wardroom.event import Event
from wardroom.messages import decode_event
from wardroom.sight_events import Change, FaceRecognized, FaceRecognizedData, FaceUnknown, FaceUnknownData, ObjectVisit, ObjectVisitData
from wardroom.topics import Gateway

CAMERA = """
[[camera]]
id = "gate"
name = {{ vi = "Cổng", en = "Gate" }}
source = "rtsp"
url = "{url}"
fps = 8
stall_s = 5
watch = "eyes"
[camera.watch_options]
{options}
"""
CHECKIN = """
[checkin]
center = "http://127.0.0.1:{port}"
token = "a-token"
key = "{key}"
"""
Visit = list[FaceRecognizedData | FaceUnknownData | ObjectVisitData]


def visits(events: list[Event]) -> list[Visit]:
    """Return what was told of each visit."""
    told: dict[str, Visit] = defaultdict(list)
    for event in events:
        if isinstance(event, FaceRecognized | FaceUnknown | ObjectVisit):
            told[event.data.visit].append(event.data)
    return list(told.values())


def faces(told: list[Visit]) -> list[Visit]:
    return [visit for visit in told if not isinstance(visit[0], ObjectVisitData)]


def pictured(told: list[Visit]) -> set[str]:
    """Return the digests of the best shots that were told of."""
    said = {one.evidence for visit in told for one in visit if not isinstance(one, ObjectVisitData)}
    return {digest for digest in said if digest is not None}


def brought(center: ACenter) -> dict[str, bytes]:
    """Return the best shots that came to the center, by what they are called."""
    return {asked.path.rpartition("/")[2]: asked.body for asked in center.asked if asked.method == "POST"}


def checkin(center: ACenter, folder: Path) -> str:
    """Return the section of a gateway of this center."""
    new_key(folder / "gate.key")
    return CHECKIN.format(port=center.port, key=folder / "gate.key")


def _each_with_its_picture(seen: list[Visit], shots: dict[str, bytes]) -> None:
    assert all(pictured([visit]) for visit in seen)
    assert pictured(seen) == shots.keys() == {sha256(shot).hexdigest() for shot in shots.values()}
    assert all(max(opened(shot).shape[:2]) <= SIDE for shot in shots.values())


def _each_from_new_to_end(told: list[Visit]) -> None:
    for visit in told:
        changes = [one.change for one in visit]
        assert (changes[0], changes[-1]) == (Change.NEW, Change.END)
        assert set(changes[1:-1]) <= {Change.UPDATE}
        assert len(changes) <= 4


def ended(told: list[Visit]) -> bool:
    return bool(told) and all(visit[-1].change is Change.END for visit in told)


@pytest.mark.servers
async def test_who_walks_in_is_told_by_the_broker_once_a_visit_and_by_the_right_name(
    testdata: Path, broker: TestBroker, tmp_path: Path
) -> None:
    gateway = Gateway("vp-eyes", "gate")
    account = broker.add_gateway(gateway.site, gateway.gateway)
    place = sight.scene(testdata, tmp_path)
    person = exported(tmp_path / "person.onnx", DETECTOR, ((8, 4, 24, 30, 0.9, 0),))
    options = sight.enrolled(testdata, tmp_path) | {"objects": str(person)}

    def pictures() -> Iterator[Image]:
        """Show the scene once, and then its last picture, in which nobody is left."""
        shown = [composed.image for composed in place.all()]
        return chain(shown, repeat(shown[-1]))

    with RtspServer(pictures, fps=sight.FPS) as server, a_center(lambda _: (204, b"")) as center:
        file = tmp_path / "gateway.toml"
        lines = "\n".join(f"{name} = {msgspec.json.encode(value).decode()}" for name, value in options.items())
        parts = checkin(center, tmp_path), CAMERA.format(url=server.url, options=lines)
        file.write_text(configured(account, gateway, tmp_path / "data") + "".join(parts), encoding="utf-8")
        async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(App(load(file, {}), clock=SystemClock())) as app:

            def told() -> list[Visit]:
                events = [payload for topic, payload in ingest.got if topic.kind == "events"]
                return visits([decode_event(payload, gateway) for payload in events])

            await until(lambda: len(faces(told())) >= 2 and ended(faces(told())), within_s=40.0)
            await app.quiet()
            await until(lambda: ended(told()))
            await until(lambda: pictured(faces(told())) <= brought(center).keys())

    seen = faces(told())
    _each_with_its_picture(seen, brought(center))
    things = [visit for visit in told() if isinstance(visit[0], ObjectVisitData)]
    assert sorted(visit[-1].person if isinstance(visit[-1], FaceRecognizedData) else "" for visit in seen) == ["", "obama"]
    assert {one.person for visit in seen for one in visit if isinstance(one, FaceRecognizedData)} == {"obama"}
    assert [visit[-1].label for visit in things if isinstance(visit[-1], ObjectVisitData)] == ["person"]
    _each_from_new_to_end(told())
