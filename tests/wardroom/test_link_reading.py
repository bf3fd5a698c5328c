"""What a link makes of the bytes that come: in pieces, in floods, and when they are no MQTT."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.wardroom.inbox import Inbox, until
from tests.wardroom.linked import linked
from tests.wardroom.wires import CONNACK, ScriptedBroker
from wardroom.bus import Incoming
from wardroom.codec import PACKET_LIMIT, Packet
from wardroom.link import READ_BATCH, READ_BYTES
from wardroom.senml import WIRE_LIMIT


@pytest.mark.parametrize(
    ("nonsense", "reason"),
    [
        (b"\xf0\x00", "0xf0"),  # a packet type that does not exist
        (b"\x50\x02\x00\x01", "0x50"),  # an answer to quality of service 2
        (b"\x30\xff\xff\xff\xff\xff", "four bytes"),
        (b"\x90\xff\xff\xff\x7f", "268,435,455 bytes"),  # the greatest packet there is: refused on its first five bytes
        (b"\x36\x05\x00\x01a\x00\x01", "quality of service 3"),
        (b"\x30\x01\x00", "without a topic"),
        (b"\x32\x05\x00\x01a\x00\x00", "packet id 0"),
        (b"\x40\x01\x00", "acknowledgement"),
        (b"\x20\x00", ""),  # paho's to say
    ],
)
async def test_nonsense_from_the_broker_ends_the_connection_with_a_reason(nonsense: bytes, reason: str) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK + nonsense)
        await reader.read()

    with capture_logs() as logs:
        async with ScriptedBroker(babble) as broker, linked(broker) as link:
            await link.open()
            async with asyncio.timeout(30):
                assert reason in await link.lost

    assert logs == []


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=200))
async def test_garbage_never_gets_out_of_the_link(garbage: bytes) -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK + garbage)
        writer.close()

    with capture_logs() as logs:
        async with ScriptedBroker(babble) as broker, linked(broker) as link:
            await link.open()
            async with asyncio.timeout(30):
                assert await link.lost

    assert logs == []


async def test_a_message_that_comes_byte_by_byte_comes_whole() -> None:
    inbox = Inbox()

    async def dribble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in CONNACK + b"\x32\x07\x00\x01a\x00\x09hi" * 3:
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(0)

    async with ScriptedBroker(dribble) as broker, linked(broker, inbox.put) as link:
        await link.open()
        messages = await inbox.until(3)

    assert {(message.topic, message.payload, message.mid) for message in messages} == {("a", b"hi", 9)}


async def test_a_message_of_any_size_comes_so_that_it_can_be_acknowledged_and_is_not_sent_for_ever() -> None:
    inbox = Inbox()

    async def send(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        huge = Packet(0x32, b"\x00\x01a\x00\x09" + bytes(5_000_000)).whole()
        writer.write(CONNACK + huge + b"\x32\x07\x00\x01a\x00\x0ahi")

    async with ScriptedBroker(send) as broker, linked(broker, inbox.put) as link:
        await link.open()
        huge, small = await inbox.until(2)
        assert not link.lost.done()

    assert (huge.mid, small.mid, small.payload) == (9, 10, b"hi")
    assert WIRE_LIMIT < len(huge.payload) <= PACKET_LIMIT


async def flood(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(CONNACK + b"".join(b"\x30\x07\x00\x01a%04d" % number for number in range(5_000)))


@pytest.mark.parametrize("restless", [False, True])
async def test_a_flood_leaves_every_turn_of_the_event_loop_room_for_others(restless: bool) -> None:  # noqa: FBT001 - a parameter of the test
    loop, handled, most, total = asyncio.get_running_loop(), 0, 0, 0

    def count(_message: object) -> None:
        nonlocal handled
        handled += 1
        if restless:
            link.pause()
            link.resume()

    def turn() -> None:
        nonlocal handled, most, total
        total, most, handled = total + handled, max(most, handled), 0
        loop.call_soon(turn)

    async with ScriptedBroker(flood) as broker, linked(broker, count) as link:
        await link.open()
        total, handled = handled, 0
        loop.call_soon(turn)
        await until(lambda: total >= 4_900)

    assert READ_BATCH <= most <= 2 * READ_BATCH  # the end of one read and the beginning of the next


async def test_no_more_is_read_than_is_handled() -> None:
    seen = most = 0

    def count(_message: object) -> None:
        nonlocal seen, most
        seen, most = seen + 1, max(most, len(link._reader._data))

    async def send(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK + b"\x30\x62\x00\x01a".ljust(100) * 20_000)

    async with ScriptedBroker(send) as broker, linked(broker, count) as link:
        await link.open()
        await until(lambda: seen == 20_000)

    assert READ_BYTES // 2 < most < READ_BYTES + 100


async def test_a_handler_that_pauses_gets_not_one_message_more_and_then_the_rest_in_order() -> None:
    seen = list[bytes]()

    def take(message: Incoming) -> None:
        seen.append(message.payload)
        if len(seen) in {10, 11}:
            link.pause()

    async with ScriptedBroker(flood) as broker, linked(broker, take) as link:
        await link.open()
        await until(lambda: len(seen) == 10)
        await asyncio.sleep(0.05)
        assert len(seen) == 10
        link.resume()
        link.resume()
        await until(lambda: len(seen) == 11)
        await asyncio.sleep(0.05)
        assert len(seen) == 11
        link.resume()
        link.pause()
        link.resume()
        await until(lambda: len(seen) == 5_000)

    assert seen == [b"%04d" % number for number in range(5_000)]


async def test_a_topic_that_is_no_text_arrives_as_one_nobody_knows() -> None:
    inbox = Inbox()

    async def send(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK + b"\x30\x05\x00\x01\xffhi")

    async with ScriptedBroker(send) as broker, linked(broker, inbox.put) as link:
        await link.open()
        (message,) = await inbox.until(1)

    assert (message.topic, message.payload) == ("\ufffd", b"hi")
