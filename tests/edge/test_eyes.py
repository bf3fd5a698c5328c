from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from edge.captures.loading import imported
from edge.eyes import Eyes
from edge.watch import BUILT_IN
from simulators.scenes import things
from tests.edge import sight
from tests.edge.factories import NOW_US
from tests.edge.shows import camera
from tests.edge.test_enrolled import a_gallery
from tests.vision.exports import DETECTOR, exported
from vision import gallery_file
from vision.frames import Frame
from vision.gallery_key import new_key
from wardroom.clock import SystemClock
from wardroom.errors import ConfigError
from wardroom.sight_events import Change, CodeReadData, ObjectEnteredData, ObjectLeftData, ObjectVisitData, ZoneCrowdedData

DESK = {"name": "desk", "corners": [[0, 0], [1, 0], [1, 1], [0, 1]], "labels": ["person"], "crowd": 1}


def eyes(**options: Any) -> Eyes:
    return Eyes(camera(url="rtsp://x/", watch="eyes", watch_options=options), SystemClock())


def frame(number: int) -> Frame:
    return Frame(np.full((32, 64, 3), 90, np.uint8), NOW_US + number * 200_000, number / 5, number)


@pytest.fixture
def person(tmp_path: Path) -> str:
    """A detector that sees one person, always in the same place."""
    return str(exported(tmp_path / "person.onnx", DETECTOR, ((8, 4, 24, 30, 0.9, 0),)))


def test_a_visit_and_its_zone_are_told_from_the_first_frames_until_the_camera_is_gone(person: str) -> None:
    looking = eyes(faces=False, objects=person, motion=False, zones=[DESK])
    told = [data for number in range(20) for data in looking.look(frame(number))]
    ends = looking.gone()

    assert [type(one) for one in told] == [ObjectVisitData, ObjectEnteredData, ZoneCrowdedData]
    assert {type(one) for one in ends} >= {ObjectVisitData, ObjectLeftData}
    came, entered = told[:2]
    went, left = (next(one for one in ends if isinstance(one, kind)) for kind in (ObjectVisitData, ObjectLeftData))
    assert isinstance(came, ObjectVisitData)
    assert isinstance(entered, ObjectEnteredData)
    assert isinstance(went, ObjectVisitData)
    assert (came.change, went.change) == (Change.NEW, Change.END)
    assert came.visit == went.visit == entered.visit == getattr(left, "visit", None)
    assert (came.label, entered.label, went.zones) == ("person", "person", "desk")
    assert looking.gone() == []


def test_a_camera_that_comes_back_begins_a_new_visit(person: str) -> None:
    looking = eyes(faces=False, objects=person, motion=False)
    first = [data for number in range(8) for data in looking.look(frame(number))]
    looking.gone()
    second = [data for number in range(8, 16) for data in looking.look(frame(number))]

    assert [one.change for one in (*first, *second) if isinstance(one, ObjectVisitData)] == [Change.NEW, Change.NEW]
    assert first[0] != second[0]


def test_eyes_that_were_never_open_have_nothing_to_end(person: str) -> None:
    assert eyes(faces=False, objects=person).gone() == ()


def test_a_badge_is_read_without_any_model_and_told_once_a_stay() -> None:
    looking = eyes(faces=False, codes=True, motion=False)
    picture = np.full((480, 640, 3), 120, np.uint8)
    card = things.badge("WR1:0042").image
    picture[100 : 100 + card.shape[0], 100 : 100 + card.shape[1]] = card
    told = [data for number in range(40) for data in looking.look(Frame(picture, NOW_US + number * 200_000, number / 5, number))]

    assert [type(one) for one in told] == [CodeReadData]
    assert isinstance(told[0], CodeReadData)
    assert told[0].digest == sha256(b"WR1:0042").hexdigest()
    assert looking.gone() == []


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"galery": "x"}, r"watch_options\.galery"),
    ({"still": 0}, r"watch_options\.still"),
    ({"zones": [{"name": "a b", "corners": [[0, 0], [1, 0], [1, 1]]}]}, r"watch_options\.zones\[0\]\.name"),
    ({"faces": False}, "nothing to look for"),
    ({"zones": [DESK]}, "zones are for things"),
    ({"gallery": "people"}, "belong together"),
    ({"liveness": "required"}, "liveness_check"),
    ({"models": "/nowhere"}, "the model yunet is not here"),
    ({"engine": "yunet+mine.onnx", "models": "/nowhere"}, "the model yunet is not here"),
    ({"faces": False, "objects": "/nowhere/m.onnx"}, "the model file m.onnx is not in /nowhere"),
]


@pytest.mark.parametrize(("options", "words"), WRONG)
def test_what_is_wrong_is_one_sentence_with_the_camera(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words) as refused:
        eyes(**options)

    assert "camera 'gate'" in str(refused.value)
    assert "\n" not in refused.value.sentence("vi")


def test_labels_and_zones_a_detector_cannot_have_are_refused(person: str) -> None:
    for options in (
        {"labels": ["cow"]},
        {"zones": [DESK | {"labels": ["cow"]}]},
        {"zones": [DESK | {"corners": [[0, 0], [0, 0], [0, 0]]}]},
    ):
        with pytest.raises(ConfigError, match=r"cow|desk"):
            eyes(faces=False, objects=person, **options)


def test_the_eyes_are_known_by_name(person: str) -> None:
    settings = camera(url="rtsp://x/", watch="eyes", watch_options={"faces": False, "objects": person})
    assert isinstance(imported(settings, SystemClock(), "watch", "eyes", BUILT_IN), Eyes)
    with pytest.raises(ConfigError, match=r"neither built in \(eyes\)"):
        imported(settings, SystemClock(), "watch", "ears", BUILT_IN)


def test_a_gallery_that_does_not_fit_the_engine_is_refused_in_the_readers_language(testdata: Path, tmp_path: Path) -> None:
    gallery_file.write(a_gallery("an").contents, tmp_path / "people", new_key(tmp_path / "key"))
    given = {"gallery": str(tmp_path / "people"), "gallery_key": str(tmp_path / "key")}
    with pytest.raises(ConfigError, match="enrol everybody again") as refused:
        eyes(models=str(testdata / "models"), engine=sight.ENGINE, **given)

    assert "đăng ký lại mọi người" in refused.value.sentence("vi")
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        eyes(models=str(testdata / "models"), engine=sight.ENGINE, **given)


def test_a_gallery_of_another_engine_stops_nobody_where_it_need_not_fit(testdata: Path, tmp_path: Path) -> None:
    gallery_file.write(a_gallery("an").contents, tmp_path / "people", new_key(tmp_path / "key"))
    given = {"gallery": str(tmp_path / "people"), "gallery_key": str(tmp_path / "key"), "gallery_must_fit": False}
    with capture_logs() as logs:
        looking = eyes(models=str(testdata / "models"), engine=sight.ENGINE, **given)

    assert len(looking._parts.enrolled.it.gallery) == 0
    assert "the gallery cannot be used: nobody is known" in [log["event"] for log in logs]


def test_two_cameras_share_one_engine_and_its_terms_are_told_once(testdata: Path, tmp_path: Path) -> None:
    options = sight.enrolled(testdata, tmp_path)
    with capture_logs() as logs:
        first, second = eyes(**options), eyes(**options, profile="door")

    assert first._parts.engine is not None
    assert first._parts.engine is second._parts.engine
    assert first._parts.enrolled is second._parts.enrolled
    assert len(first._parts.enrolled.it.gallery) == 1
    assert len([log for log in logs if log["event"] == "face engine"]) == len(first._parts.engine.it.notices) > 0
