from center.sights import newest
from wardroom.live import LiveEvent

FACE = "vn.wardroom.face.recognized.v1"
CODE = "vn.wardroom.code.read.v1"


def seen(seq: int, kind: str = FACE, camera: str = "gate", gateway: str = "gw-1") -> LiveEvent:
    return LiveEvent(seq, "vp", gateway, f"e{seq}", kind, seq, seq, False, camera, {"camera": camera})


def test_of_what_a_camera_sees_passing_only_the_newest_is_listed() -> None:
    assert [one.seq for one in newest([seen(1), seen(2, CODE), seen(3), seen(4, camera="yard"), seen(5, gateway="gw-2")])] == [3, 4, 5]


def test_everything_else_stays_however_many_pass() -> None:
    listed = newest([seen(1), LiveEvent(2, "vp", "gw-1", "fault", "vn.wardroom.sensor.fault.v1", 2, 2, False, "gate", {}), seen(3)])

    assert [one.seq for one in listed] == [2, 3]
