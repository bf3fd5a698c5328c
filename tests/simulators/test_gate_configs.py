from pathlib import Path

from edge import settings as edge_settings
from edge.captures import loading
from edge.settings import Settings
from simulators import gate_configs, hall, schedule
from simulators.blank import Blank
from simulators.gate_configs import Way
from simulators.scenes.capture import SceneCamera
from wardroom.clock import SystemClock


def loaded(tmp_path: Path, *cameras: str) -> Settings:
    token = "t" * 32 if cameras else None
    more = "resend_first_s = 1.0"
    way = Way(broker=1883, center=8080, password="x", token=token, data=tmp_path / "outbox", key=tmp_path / "key", more=more)
    file = tmp_path / "gateway.toml"
    file.write_text(gate_configs.gateway(hall.GATEWAYS[0], way, cameras), encoding="utf-8")
    return edge_settings.load(file, {})


def test_a_gateway_without_cameras_is_already_one_of_the_brokers_users(tmp_path: Path) -> None:
    found = loaded(tmp_path)

    assert (found.edge.site, found.edge.gateway, found.broker.username) == ("vp-ubnd", "gw-3", "vp-ubnd.gw-3")
    assert (found.camera, found.edge.resend_first_s) == ((), 1.0)


def test_its_cameras_are_the_gates(tmp_path: Path) -> None:
    schedule.write((), tmp_path / "told")
    found = loaded(
        tmp_path,
        gate_configs.told(hall.SIDE, tmp_path / "told", None),
        gate_configs.badges(hall.MAIN, tmp_path / "scene.json", 3),
        gate_configs.faces(hall.EXIT, "rtsp://127.0.0.1:1/camera", ['engine = "yunet+sface"']),
    )
    told, badges, faces = found.camera

    assert [one.id for one in found.camera] == [gate.id for gate in (hall.SIDE, hall.MAIN, hall.EXIT)]
    assert isinstance(loading.made(told, SystemClock()), Blank)
    assert isinstance(loading.made(badges, SystemClock()), SceneCamera)
    assert (badges.watch, badges.watch_options) == ("eyes", {"codes": True, "faces": False})
    assert {name: faces.watch_options[name] for name in ("codes", "engine")} == {"codes": True, "engine": "yunet+sface"}
