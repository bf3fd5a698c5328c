from typing import Any

import msgspec
import pytest

from wardroom.live import (
    Delta,
    FromCenter,
    FromScreen,
    Hello,
    LiveEvent,
    LiveGateway,
    LiveReading,
    LiveSeries,
    LiveSite,
    Pieces,
    Ping,
    Pong,
    Refused,
    Since,
    Snapshot,
    SnapshotReason,
    Subscribe,
    Topic,
)

READING = LiveReading(1, 2, 3, 4.5, 0)
FROM_CENTER: list[FromCenter] = [
    Hello("boot", 5, 6, 2.0, "0.1.0"),
    Snapshot(
        7,
        SnapshotReason.TOO_FAR_BEHIND,
        sites=(LiveSite("s", "Nơi", "Place", "office"),),
        gateways=(LiveGateway("s", "g", "Cổng", "Gateway", "online"),),
        series=(LiveSeries(1, "s", "g", "air", "Khí", "Air", "temperature", "Cel", 60.0),),
        readings=(LiveReading(1, 2, 3, 4.5, 0, ((29_000_000, 4.5),)),),
        events=(LiveEvent(1, "s", "g", "id", "vn.wardroom.x.v1", 2, 3, offline=False, subject=None, data={"a": 1}),),
    ),
    Delta(7, 9, readings=(READING,)),
    Pieces(3),
    Ping(10),
    Pong(11),
    Refused("no"),
]
FROM_SCREEN: list[FromScreen] = [Subscribe(), Subscribe(frozenset({Topic.EVENTS}), Since("boot", 5), pieces=True), Ping(), Pong()]


@pytest.mark.parametrize("message", FROM_CENTER, ids=lambda message: type(message).__name__)
def test_what_the_center_says_comes_back_as_its_own_type(message: FromCenter) -> None:
    assert msgspec.json.decode(msgspec.json.encode(message), type=FromCenter) == message


@pytest.mark.parametrize("message", FROM_SCREEN, ids=lambda message: type(message).__name__)
def test_what_a_screen_says_comes_back_as_its_own_type(message: FromScreen) -> None:
    assert msgspec.json.decode(msgspec.json.encode(message), type=FromScreen) == message


def test_a_delta_carries_only_what_changed() -> None:
    assert msgspec.json.decode(msgspec.json.encode(Delta(7, 9, readings=(READING,)))).keys() == {"type", "since", "seq", "readings"}


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"type": "hello"},
        {"type": "subscribe", "topics": []},
        {"type": "subscribe", "topics": ["secrets"]},
        {"type": "subscribe", "since": {"boot": "b", "seq": -1}},
        {"type": "subscribe", "since": {"boot": "b", "seq": 2**53}},
        {"type": "subscribe", "since": {"boot": "b" * 65, "seq": 1}},
        {"type": "subscribe", "more": 1},
        {"type": "ping", "server_time_us": "now"},
    ],
)
def test_what_a_screen_must_not_say_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(raw), type=FromScreen)
