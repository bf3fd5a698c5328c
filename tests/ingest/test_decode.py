"""What comes from outside becomes a message or a rejection with its reason; nothing raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.decode import Cleared, Decoded, Happening, Readings, Rejected, Report, decode
from tests.ingest.factories import GATEWAY, birth, event, fault, health, pack, status
from wardroom.messages import Birth, Health, Status
from wardroom.senml import WIRE_LIMIT

READINGS = "ward/vp-test/gw-1/readings/b1/7"
GOOD = b'[{"n":"air1/temperature","u":"Cel","v":21.5,"t":1800000000}]'


def test_a_pack_keeps_its_place_and_its_readings() -> None:
    decoded = pack(seq=7).decoded
    assert isinstance(decoded, Readings)
    assert (decoded.topic.boot, decoded.topic.seq, decoded.pack.values[0]) == ("b1", 7, 21.5)


def test_an_event_is_typed() -> None:
    happened = fault()
    decoded = event(happened).decoded
    assert isinstance(decoded, Happening)
    assert decoded.event == happened


@pytest.mark.parametrize(("decoded", "kind"), [(status().decoded, Status), (birth().decoded, Birth), (health().decoded, Health)])
def test_reports_are_typed(decoded: Decoded, kind: type) -> None:
    assert isinstance(decoded, Report)
    assert decoded.gateway == GATEWAY
    assert isinstance(decoded.report, kind)


@pytest.mark.parametrize(
    ("topic", "payload", "reason", "receipted"),
    [
        (READINGS, b"", "wire.not_json", True),  # nothing
        (READINGS, b"\xff\xfe", "wire.not_json", True),  # not even text
        (READINGS, b"[]", "wire.empty", True),
        (READINGS, b"[" * 100_000, "wire.not_json", True),  # deeper than any parser likes
        (READINGS, GOOD.replace(b"Cel", b"furlong"), "wire.unknown_unit", True),
        (READINGS, GOOD.replace(b"21.5", b"1e999"), "wire.not_json", True),  # infinite
        (READINGS, GOOD.replace(b"1800000000", b"5"), "wire.bad_time", True),  # relative
        (READINGS, b" " * (WIRE_LIMIT + 1), "wire.too_large", True),
        ("ward/vp-test/gw-1/events/b1/7", b"{}", "wire.bad_event", True),
        ("ward/vp-test/gw-1/status", b'{"state":"asleep","boot":"b1"}', "wire.not_json", False),
        ("ward/vp-test/gw-1/readings/b1/seven", GOOD, "wire.bad_topic", False),  # no sequence: nothing to receipt
        ("ward/vp-test/center/readings/b1/7", GOOD, "wire.reserved_id", False),
        ("ward/vp test/gw-1/readings/b1/7", GOOD, "wire.bad_topic", False),
        (f"ward/vp-test/gw-1/readings/b1/{2**53}", GOOD, "wire.bad_sequence", False),
    ],
)
def test_what_cannot_be_read_is_rejected_with_a_reason(topic: str, payload: bytes, reason: str, *, receipted: bool) -> None:
    decoded = decode(topic, payload)
    assert isinstance(decoded, Rejected)
    assert decoded.reason == reason
    assert decoded.detail
    assert (decoded.pack is not None) is receipted


def test_a_retained_message_taken_away_is_nothing_to_store() -> None:
    assert isinstance(decode(GATEWAY.status, b""), Cleared)
    assert isinstance(decode(GATEWAY.birth, b""), Cleared)


@given(topic=st.sampled_from([READINGS, GATEWAY.birth, GATEWAY.health, "ward/a/b/events/c/1", "nowhere"]), payload=st.binary(max_size=200))
def test_no_bytes_make_it_raise(topic: str, payload: bytes) -> None:
    decode(topic, payload)


@given(topic=st.text(max_size=100))
def test_no_topic_makes_it_raise(topic: str) -> None:
    decode(topic, GOOD)
