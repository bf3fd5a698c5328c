import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardroom import units
from wardroom.errors import InvalidMessage, PackTooLarge
from wardroom.senml import ABSOLUTE_US, LAST_US, RECORD_LIMIT, VALUE_LIMIT, WIRE_LIMIT, Pack, Reading, decode, encode, split_name

NOW_US = 1_780_000_000_123_456
NOW = NOW_US / 1_000_000
RECORD: dict[str, Any] = {"n": "air/temperature", "u": "Cel", "v": 21.5, "t": NOW}

ids = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
instants = st.integers(ABSOLUTE_US, 2**32 * 1_000_000)  # until the year 2106 a float of seconds holds every microsecond
numbers = st.floats(-VALUE_LIMIT, VALUE_LIMIT)
measured = st.builds(Reading, ids, ids, st.sampled_from(sorted(units.KNOWN)), numbers, instants)
switched = st.builds(Reading, ids, ids, st.just(units.BOOLEAN), st.sampled_from([0.0, 1.0]), instants)


def pack(*records: dict[str, Any]) -> bytes:
    return json.dumps(records).encode()


def outcome(payload: bytes) -> bool:
    """Return whether the payload is a pack of readings with absolute times, or is refused with a reason that has its sentence."""
    try:
        readings = decode(payload).readings
    except InvalidMessage as error:
        return error.key.startswith("wire.") and error.sentence("vi") != error.key
    return all(ABSOLUTE_US <= reading.observed_us < LAST_US for reading in readings)


@given(st.lists(measured | switched, min_size=1, max_size=50), instants)
def test_what_is_encoded_decodes_to_the_same_to_the_microsecond(readings: list[Reading], sent_us: int) -> None:
    assert decode(encode(readings, sent_us)) == Pack(sent_us, tuple(readings))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_pack_or_refused_with_a_reason(payload: bytes) -> None:
    assert outcome(payload)


FIELDS = st.sampled_from(["bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vb", "vs", "vd", "s", "t", "ut", "x_"])
VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)


@given(st.lists(st.dictionaries(FIELDS, VALUES), max_size=5))
def test_any_records_are_a_pack_or_refused_with_a_reason(records: list[dict[str, Any]]) -> None:
    assert outcome(json.dumps(records).encode())


def test_base_values_hold_until_they_change() -> None:
    payload = pack(
        {"bn": "air/", "bt": NOW, "bu": "Cel", "bv": 20, "n": "temperature", "v": 1.5},
        {"n": "humidity", "u": "%RH", "v": 30, "t": -2.5},
        {"bn": "door/", "bu": "count", "bv": 0, "n": "people", "v": 3},
        {"n": "open", "vb": True},
    )

    assert decode(payload) == Pack(
        NOW_US,
        (
            Reading("air", "temperature", "Cel", 21.5, NOW_US),
            Reading("air", "humidity", "%RH", 50.0, NOW_US - 2_500_000),
            Reading("door", "people", "count", 3.0, NOW_US),
            Reading("door", "open", units.BOOLEAN, 1.0, NOW_US),
        ),
    )


@pytest.mark.parametrize("base", [{}, {"bv": -0.0}, {"bv": 0}])
def test_no_value_is_minus_zero(base: dict[str, float]) -> None:
    (found,) = decode(pack({**RECORD, **base, "v": -0.0})).readings
    assert math.copysign(1.0, found.value) == 1.0


def test_a_pack_without_a_base_time_does_not_say_when_it_was_sent() -> None:
    assert decode(pack(RECORD)).sent_us is None


def test_a_whole_base_time_and_version_ten_are_read() -> None:
    assert decode(pack({**RECORD, "bver": 10, "t": 0, "bt": 1_780_000_000})).sent_us == 1_780_000_000_000_000


def test_labels_nobody_must_understand_are_passed_over() -> None:
    assert len(decode(pack({**RECORD, "x": "y_", "ut": 5})).readings) == 1


@pytest.mark.parametrize(
    ("key", "payload"),
    [
        ("wire.not_json", b""),
        ("wire.not_json", b"{}"),
        ("wire.not_json", b'[{"n":"a/b","v":"1"}]'),  # a number as text
        ("wire.not_json", b'[{"n":"a/b","v":NaN}]'),
        ("wire.not_json", b'[{"n":"a/b","v":1e999}]'),
        ("wire.not_json", b'[{"n":"\xff"}]'),
        ("wire.not_json", b"[" * 5_000),
        ("wire.empty", b"[]"),
        ("wire.too_many", pack(*[RECORD] * (RECORD_LIMIT + 1))),
        ("wire.too_large", b" " * (WIRE_LIMIT + 1)),
        ("wire.text_value", pack({"n": "a/b", "vs": "on", "t": NOW})),
        ("wire.text_value", pack({"n": "a/b", "vd": "AA", "t": NOW})),
        ("wire.no_value", pack({"n": "a/b", "u": "Cel", "t": NOW})),
        ("wire.two_values", pack({**RECORD, "vb": True})),
        ("wire.sum_value", pack({**RECORD, "s": 1})),
        ("wire.sum_value", pack({**RECORD, "bs": 1})),
        ("wire.bad_version", pack({**RECORD, "bver": 11})),
        ("wire.must_understand", pack({**RECORD, "secret_": 1})),
        ("wire.not_finite", pack({**RECORD, "bv": 1.7e308, "v": 1.7e308})),
        ("wire.too_big", pack({**RECORD, "v": 1.001e15})),
        ("wire.too_big", pack({**RECORD, "v": -1e308})),
        ("wire.too_big", pack({**RECORD, "bv": 6e14, "v": 6e14})),
        ("wire.no_unit", pack({"n": "a/b", "v": 1, "t": NOW})),
        ("wire.no_unit", pack({**RECORD, "u": ""})),
        ("wire.unknown_unit", pack({**RECORD, "u": "furlong"})),
        ("wire.bad_name", pack({**RECORD, "n": "temperature"})),
        ("wire.bad_name", pack({**RECORD, "n": "a/b/c"})),
        ("wire.bad_name", pack({**RECORD, "n": "air/nhiệt"})),
        ("wire.bad_name", pack({**RECORD, "n": "a/b\n"})),
        ("wire.bad_name", pack({"u": "Cel", "v": 1, "t": NOW})),
        ("wire.bad_time", pack({**RECORD, "t": 5})),  # relative
        ("wire.bad_time", pack({**RECORD, "t": -5})),
        ("wire.bad_time", pack({"n": "a/b", "u": "Cel", "v": 1})),
        ("wire.bad_time", pack({**RECORD, "t": 1e300})),
        ("wire.bad_time", pack({**RECORD, "bt": 1e300})),
        ("wire.bad_time", pack({**RECORD, "t": LAST_US / 1_000_000})),
    ],
)
def test_what_is_not_a_pack_of_ours_is_refused_with_its_reason(key: str, payload: bytes) -> None:
    with pytest.raises(InvalidMessage) as caught:
        decode(payload)

    assert caught.value.key == key
    assert isinstance(caught.value, PackTooLarge) == (key == "wire.too_large")
    for language in ("vi", "en"):
        sentence = caught.value.sentence(language)
        assert sentence != key
        assert "{" not in sentence.replace("{}", "")


@pytest.mark.parametrize("value", [1e15, -1e15, 1e13])
def test_the_greatest_value_is_one_and_fits(value: float) -> None:
    assert decode(pack({**RECORD, "v": value})).readings[0].value == value


def test_a_pack_of_nothing_is_not_encoded() -> None:
    with pytest.raises(InvalidMessage) as caught:
        encode([], NOW_US)

    assert caught.value.key == "wire.empty"


def test_too_many_readings_are_not_encoded() -> None:
    with pytest.raises(InvalidMessage) as caught:
        encode([Reading("a", "b", "Cel", 1.0, NOW_US)] * (RECORD_LIMIT + 1), NOW_US)

    assert caught.value.key == "wire.too_many"


def test_a_pack_above_the_wire_limit_is_not_encoded() -> None:
    with pytest.raises(PackTooLarge):
        encode([Reading("a" * 64, "b" * 64, "Cel", 1 / 3, NOW_US)] * RECORD_LIMIT, NOW_US)


def test_a_name_is_a_sensor_and_a_quantity() -> None:
    assert split_name("air/temperature") == ("air", "temperature")
    assert split_name("air") is None
