import pytest

from edge.camera_settings import CameraSettings
from edge.captures.loading import BUILT_IN, made
from tests.edge.shows import camera
from wardroom.clock import Clock, SystemClock
from wardroom.errors import ConfigError

PLACES = {
    "rtsp": ({"url": "rtsp://ward:s3cr3t@10.0.0.5:8554/live/main"}, "rtsp://10.0.0.5:8554/live/main"),
    "usb": ({"path": "/dev/video0"}, "/dev/video0"),
    "file": ({"path": "hall.mp4"}, "hall.mp4"),
    "folder": ({"path": "pictures"}, "pictures"),
}


@pytest.mark.parametrize("source", BUILT_IN)
def test_a_built_in_source_says_where_it_is_without_the_account(source: str) -> None:
    given, place = PLACES[source]

    assert made(camera(source=source, **given), SystemClock()).place == place


@pytest.mark.parametrize("source", BUILT_IN)
def test_a_source_without_its_place_is_refused_by_the_field_s_name(source: str) -> None:
    with pytest.raises(ConfigError, match=r"camera 'gate': (url|path) is missing"):
        made(camera(source=source), SystemClock())


PATHS = [
    # (path, what is shown of it)
    ("/stream1", "/stream1"),
    ("/Streaming/Channels/101", "/Streaming/Channels/101"),
    ("/user=admin_password=s3cr3t_channel=1_stream=0.sdp", "/…"),
    ("/cam?user=admin&password=s3cr3t", "/cam"),
    ("/user%3Dadmin%26password%3Ds3cr3t", "/…"),
    ("", ""),
]


@pytest.mark.parametrize(("path", "shown"), PATHS)
def test_an_address_is_shown_without_what_may_be_a_password(path: str, shown: str) -> None:
    assert made(camera(url=f"rtsp://ward:s3cr3t@10.0.0.5{path}"), SystemClock()).place == f"rtsp://10.0.0.5{shown}"


@pytest.mark.parametrize(
    "url",
    [
        "10.0.0.5/s3cr3t",
        "http://u:s3cr3t@10.0.0.5/",
        "rtsp:///s3cr3t",
        "rtsp://u:s3cr3t@x:port/",
        "rtsp://[::1/s3cr3t",
        "rtsp://x:99999/s3cr3t",
    ],
)
def test_what_is_no_address_of_a_stream_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        made(camera(url=url), SystemClock())

    for language in ("en", "vi"):
        assert "camera 'gate', url" in refused.value.sentence(language)
        assert "s3cr3t" not in refused.value.sentence(language)


@pytest.mark.parametrize("url", ["rtsp://admin:12/34@10.0.0.5/x", "rtsp://admin:12#34@10.0.0.5/x", "rtsp://admin:12?34@10.0.0.5/x"])
def test_a_password_that_ends_an_address_too_early_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        made(camera(url=url), SystemClock())

    for language in ("en", "vi"):
        said = refused.value.sentence(language)
        assert "camera 'gate', url" in said
        assert "admin" not in said
        assert "12" not in said


def test_an_at_in_the_path_is_no_account_s_if_there_is_one() -> None:
    assert made(camera(url="rtsp://ward:s3cr3t@10.0.0.5/a@b"), SystemClock()).place == "rtsp://10.0.0.5/…"


@pytest.mark.parametrize("source", ["usb", "file", "folder"])
def test_an_address_in_place_of_a_path_is_refused_and_not_shown(source: str) -> None:
    with pytest.raises(ConfigError) as refused:
        made(camera(source=source, path="rtsp://u:s3cr3t@10.0.0.5/x"), SystemClock())

    for language in ("en", "vi"):
        assert "camera 'gate', path" in refused.value.sentence(language)
        assert "s3cr3t" not in refused.value.sentence(language)


class Half:
    """No source: it has a place and no pictures."""

    place = "somewhere"

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        if camera.options.get("refuse"):
            raise ValueError("refused")
        del clock


@pytest.mark.parametrize(
    "source", ["webcam", "os:system", "..x:Y", "nowhere:Nobody", f"{__name__}:Half", f"{__name__}:Nobody", "tests.edge.exits:X"]
)
def test_what_is_no_source_is_refused_by_name(source: str) -> None:
    with pytest.raises(ConfigError) as refused:
        made(camera(source=source), SystemClock())

    assert source in str(refused.value)


def test_a_source_that_refuses_its_options_is_refused_with_what_it_said() -> None:
    with pytest.raises(ConfigError, match="ValueError: refused"):
        made(camera(source=f"{__name__}:Half", options={"refuse": True}), SystemClock())
