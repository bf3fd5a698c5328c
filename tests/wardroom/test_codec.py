import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardroom import codec
from wardroom.codec import PACKET_LIMIT, TOPIC_LIMIT, Malformed, Packet, Reader
from wardroom.packets import Incoming, Outgoing

TOPICS = st.text(st.characters(codec="utf-8", exclude_characters="+#"), min_size=1, max_size=200)
MESSAGES = st.builds(Outgoing, TOPICS, st.binary(max_size=400), st.integers(0, 1), st.booleans())
MIDS = st.integers(1, 65_535)
SENT = st.lists(st.tuples(MESSAGES, MIDS), max_size=12)
CUTS = st.lists(st.integers(0, 5_000), max_size=20)


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    ends = [*sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    return [stream[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def taken(reader: Reader) -> list[Packet]:
    packets = list[Packet]()
    while packet := reader.take():
        packets.append(packet)
    return packets


@given(SENT, CUTS, st.booleans())
def test_however_the_stream_is_cut_the_same_messages_come_out(sent: list[tuple[Outgoing, int]], cuts: list[int], late: bool) -> None:  # noqa: FBT001 - drawn
    stream = b"".join(codec.message(message, mid) + codec.acknowledgement(mid) for message, mid in sent)
    reader, packets = Reader(), list[Packet]()

    for piece in pieces(stream, cuts):
        reader.feed(piece)
        if not late:
            packets += taken(reader)
    packets += taken(reader)

    assert [codec.read_message(packet, 7) for packet in packets[::2]] == [
        Incoming(m.topic, m.payload, m.qos, m.retain, duplicate=False, mid=mid if m.qos else 0, generation=7) for m, mid in sent
    ]
    assert [codec.read_acknowledged(packet) for packet in packets[1::2]] == [mid for _, mid in sent]


@given(st.binary(max_size=300), CUTS)
def test_garbage_is_packets_or_malformed_and_never_more_is_held_than_came(garbage: bytes, cuts: list[int]) -> None:
    reader = Reader(limit=50)
    out = b""
    try:
        for piece in pieces(garbage, cuts):
            reader.feed(piece)
            assert len(reader._unfinished) <= 55
            for packet in taken(reader):
                out += packet.whole()
                read(packet)
    except Malformed:
        return
    assert len(out) + len(reader._unfinished) <= len(garbage)


def read(packet: Packet) -> None:
    if packet.first & 0xF0 == codec.PUBLISH:
        codec.read_message(packet, 1)
    else:
        codec.read_acknowledged(packet)


@pytest.mark.parametrize("size", [0, 1, 121, 122, 123, 16_377, 16_378, 262_144, 500_000])  # one, two and three bytes of length
@pytest.mark.parametrize("step", [1_000, 65_536])
def test_a_message_of_any_length_survives(size: int, step: int) -> None:
    whole = codec.message(Outgoing("t/é", bytes(size)), 9)
    reader = Reader()
    for start in range(0, len(whole), step):
        assert reader.take() is None
        assert reader._data == b""
        reader.feed(whole[start : start + step])
        assert start + step >= len(whole) or start == 0 or reader._data == b""  # put together once, however often it is asked for
    (packet,) = taken(reader)

    assert packet.whole() == whole
    assert codec.read_message(packet, 1) == Incoming("t/é", bytes(size), 1, retain=False, duplicate=False, mid=9, generation=1)


@pytest.mark.parametrize(
    ("first", "body", "message"),
    [
        (0x30, b"\x00\x01ahi", Incoming("a", b"hi", 0, retain=False, duplicate=False)),
        (0x31, b"\x00\x01a", Incoming("a", b"", 0, retain=True, duplicate=False)),
        (0x32, b"\x00\x01a\x01\x02hi", Incoming("a", b"hi", 1, retain=False, duplicate=False, mid=258)),
        (0x3A, b"\x00\x01a\xff\xff", Incoming("a", b"", 1, retain=False, duplicate=True, mid=65_535)),
        (0x30, b"\x00\x01\xffhi", Incoming("\ufffd", b"hi", 0, retain=False, duplicate=False)),  # no text: nobody's topic
    ],
)
def test_a_message_is_read_as_the_standard_lays_it_out(first: int, body: bytes, message: Incoming) -> None:
    assert codec.read_message(Packet(first, body), 0) == message


@pytest.mark.parametrize(
    ("first", "body"),
    [
        (0x30, b""),
        (0x30, b"\x00"),
        (0x30, b"\x00\x00hi"),  # an empty topic
        (0x30, b"\x00\x02a"),  # a topic longer than the packet
        (0x32, b"\x00\x01a"),  # no packet id
        (0x32, b"\x00\x01a\x01"),  # half a packet id
        (0x32, b"\x00\x01a\x00\x00hi"),  # packet id 0
        (0x34, b"\x00\x01a\x00\x01hi"),  # quality of service 2, which nobody asked for
        (0x36, b"\x00\x01a\x00\x01hi"),  # quality of service 3
    ],
)
def test_a_message_that_is_none_is_malformed(first: int, body: bytes) -> None:
    with pytest.raises(Malformed):
        codec.read_message(Packet(first, body), 0)


@pytest.mark.parametrize(
    ("first", "body"), [(0x40, b""), (0x40, b"\x00"), (0x40, b"\x00\x01\x00"), (0x42, b"\x00\x01"), (0x50, b"\x00\x01")]
)
def test_an_acknowledgement_that_is_none_is_malformed(first: int, body: bytes) -> None:
    with pytest.raises(Malformed):
        codec.read_acknowledged(Packet(first, body))


@pytest.mark.parametrize("head", [b"\x20\xff\xff\xff\x7f", b"\x30\x80\x80\x80\x80", b"\x30\xff\xff\xff\xff"])
def test_a_length_that_is_none_or_above_the_limit_for_no_message_is_refused_before_anything_is_kept(head: bytes) -> None:
    reader = Reader()
    reader.feed(head)

    with pytest.raises(Malformed):
        reader.take()


def test_the_longest_packet_is_taken_and_one_byte_more_is_not() -> None:
    reader = Reader()
    reader.feed(Packet(0x90, bytes(PACKET_LIMIT)).whole())
    assert reader.take() == Packet(0x90, bytes(PACKET_LIMIT))
    reader.feed(Packet(0x90, bytes(PACKET_LIMIT + 1)).whole()[:8])

    with pytest.raises(Malformed, match=r"589,824 bytes, more than the 589,823"):
        reader.take()


@pytest.mark.parametrize("beyond", [-1, 0, 1, 5, 1_000, 300_000])
@pytest.mark.parametrize("step", [1, 7, 1_000, 65_536, 1_000_000])
def test_a_message_above_the_limit_is_cut_short_and_the_next_ones_come_whole(beyond: int, step: int) -> None:
    limit, after = 200, [codec.message(Outgoing("b", bytes((number,))), number + 1) for number in range(3)]
    stream = Packet(0x32, b"\x00\x01a\x00\x09" + b"x" * (limit - 5 + beyond)).whole() + b"".join(after)
    reader, packets = Reader(limit), list[Packet]()
    for start in range(0, len(stream), step):
        reader.feed(stream[start : start + step])
        packets += taken(reader)
        assert len(reader._unfinished) <= limit + 5

    cut, *whole = packets
    assert codec.read_message(cut, 1).payload == b"x" * min(limit - 5, limit - 5 + beyond)
    assert codec.read_message(cut, 1).mid == 9
    assert [packet.whole() for packet in whole] == after


@pytest.mark.parametrize("topic", ["", "a/+", "a/#", "é" * (TOPIC_LIMIT // 2 + 1)])
def test_a_topic_mqtt_has_no_room_for_is_a_bug(topic: str) -> None:
    with pytest.raises(ValueError, match="cannot be published"):
        codec.message(Outgoing(topic, b""), 1)


def test_a_payload_mqtt_has_no_room_for_is_a_bug() -> None:
    with pytest.raises(ValueError, match="more than MQTT has room for"):
        codec.message(Outgoing("t", bytes(codec.LENGTH_LIMIT)), 1)
