"""What a broker can do that ours does not: silence, refusals, nonsense; and what only one connection has."""

import asyncio
import socket

import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from structlog.testing import capture_logs

from tests.wardroom.inbox import Inbox, until
from tests.wardroom.linked import accept, ignore, linked, refusal
from tests.wardroom.wires import CONNACK, ScriptedBroker, packet
from wardroom.bus import Outgoing, Session
from wardroom.errors import BrokerGone, BrokerRefused
from wardroom.handshake import Handshake
from wardroom.link import PENDING_LIMIT, UNSENT_LIMIT, Link

MESSAGE = Outgoing("ward/s/g/health", b"{}", 0)


async def test_nagles_algorithm_is_off() -> None:
    async with ScriptedBroker(accept) as broker, linked(broker) as link:
        await link.open()
        sock = link._sock
        assert sock is not None
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_broker_that_does_not_answer_is_gone() -> None:
    async def say_nothing(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        return

    async with ScriptedBroker(say_nothing) as broker, linked(broker, answer_s=0.1) as link:
        error = await refusal(link, BrokerGone)

    assert "no answer in 0.1 s" in str(error)


async def test_a_broker_that_hangs_up_while_we_sign_in_is_gone() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with ScriptedBroker(hang_up) as broker, linked(broker) as link:
        await refusal(link, BrokerGone)


@pytest.mark.parametrize(("code", "word"), [(2, "identifier"), (4, "user name"), (5, "authorized")])
async def test_a_refusal_names_its_reason_and_the_account(code: int, word: str) -> None:
    dialled = 0

    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal dialled
        dialled += 1
        writer.write(b"\x20\x02\x00" + bytes([code]))

    async with ScriptedBroker(refuse) as broker, linked(broker) as link:
        error = await refusal(link, BrokerRefused)
        await asyncio.sleep(0.05)

    assert word in str(error).lower()
    assert "vp-ubnd.gw-1" in str(error)
    assert dialled == 1


async def test_a_refused_protocol_version_is_not_tried_again_with_an_older_one() -> None:
    dialled = 0

    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal dialled
        dialled += 1
        writer.write(b"\x20\x02\x00\x01")

    async with ScriptedBroker(refuse) as broker, linked(broker) as link:
        await refusal(link, BrokerGone)
        await asyncio.sleep(0.05)

    assert dialled == 1


async def test_a_refused_subscription_is_never_connected() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK)
        mid = (await packet(reader))[1:3]
        writer.write(b"\x90\x04" + mid + b"\x01\x80")

    changes = list[bool]()
    with capture_logs() as logs:
        async with ScriptedBroker(refuse) as broker:
            session = Session(
                broker=broker, client_id="x", on_message=ignore, subscriptions=[("a/#", 1), ("b/#", 1)], on_connection=changes.append
            )
            async with session:
                await until(lambda: bool(logs))

    assert changes == []
    assert logs[0]["result"] == "refused"
    assert "b/#" in logs[0]["reason"]


async def test_an_answer_with_fewer_grants_than_subscriptions_is_no_answer() -> None:
    async def forget_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK)
        writer.write(b"\x90\x03" + (await packet(reader))[1:3] + b"\x01")

    async with ScriptedBroker(forget_one) as broker, linked(broker) as link:
        await link.open()
        with pytest.raises(BrokerGone, match="1 of 2"):
            await link.subscribe([("a/#", 1), ("b/#", 1)])


async def test_the_time_for_an_answer_rests_while_reading_is_paused() -> None:
    async with ScriptedBroker(accept) as broker, linked(broker, answer_s=0.1) as link:
        link.pause()
        opening = asyncio.ensure_future(link.open())
        await asyncio.sleep(0.4)
        assert not opening.done()
        link.resume()
        await opening


async def test_what_the_socket_does_not_take_at_once_is_written_later() -> None:
    start, received = asyncio.Event(), 0

    async def read_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        writer.write(CONNACK)
        reader._transport.pause_reading()  # type: ignore[attr-defined] # the stream would read ahead
        await start.wait()
        reader._transport.resume_reading()  # type: ignore[attr-defined] # as above
        while received < 400:
            await packet(reader)
            received += 1

    async with ScriptedBroker(read_late) as broker, linked(broker) as link:
        await link.open()
        futures = [link.publish(Outgoing("ward/s/g/health", bytes(50_000), 0)) for _ in range(400)]
        assert not futures[-1].done()
        start.set()
        await asyncio.gather(*futures)
        await until(lambda: received == 400)
        await link.publish(MESSAGE)


async def test_above_the_limit_of_unacknowledged_messages_a_publish_fails_at_once() -> None:
    async with ScriptedBroker(accept) as broker, linked(broker) as link:
        await link.open()
        for _ in range(PENDING_LIMIT):
            link.publish(Outgoing("ward/s/g/events/b/1", b""))
        error = await refusal(link, BrokerGone, link.publish(Outgoing("ward/s/g/events/b/1", b"")))

    assert error.key == "broker.not_written"


async def test_a_packet_id_comes_round_and_leaves_out_those_in_use() -> None:
    mids = list[int]()

    async def confirm_the_second(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK)
        for _ in range(4):
            mid = (await packet(reader))[-2:]
            mids.append(int.from_bytes(mid, "big"))
            if len(mids) == 2:
                writer.write(b"\x40\x02" + mid)

    async with ScriptedBroker(confirm_the_second) as broker, linked(broker) as link:
        await link.open()
        link._mid = 65_534
        first, second = (link.publish(Outgoing("t", b"")) for _ in range(2))
        await second
        link._mid = 65_534
        third, fourth = (link.publish(Outgoing("t", b"")) for _ in range(2))
        await until(lambda: len(mids) == 4)
        assert not any(future.done() for future in (first, third, fourth))

    assert mids == [65_535, 1, 1, 2]


async def test_above_the_limit_of_unsent_bytes_a_publish_fails_at_once() -> None:
    async def never_read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK)
        reader._transport.pause_reading()  # type: ignore[attr-defined] # the stream would read ahead

    async with ScriptedBroker(never_read) as broker, linked(broker) as link:
        await link.open()
        futures = [link.publish(Outgoing("ward/s/g/health", bytes(2**20), 0)) for _ in range(100)]
        error = await refusal(link, BrokerGone, futures[-1])
        assert link._out.waiting < UNSENT_LIMIT + 2 * 2**20

    assert error.key == "broker.not_written"


async def test_after_the_loss_everything_fails_or_does_nothing() -> None:
    async with ScriptedBroker(accept) as broker, linked(broker) as link:
        await link.open()
        link.drop("test")
        link.acknowledge(1)
        link.pause()
        link.resume()
        link._supervise()
        link._readable()
        await link.close()
        error = await refusal(link, BrokerGone, link.publish(MESSAGE))

    assert "test" in str(error)


async def test_what_comes_after_the_goodbye_is_left_to_the_broker() -> None:
    inbox, said = Inbox(), asyncio.Event()

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK)
        assert await packet(reader) == b"\xe0"
        writer.write(b"\x32\x07\x00\x01a\x00\x09hi")
        await writer.drain()
        writer.close()
        said.set()

    async with ScriptedBroker(send) as broker, linked(broker, inbox.put) as link:
        await link.open()
        await link.close()
        await said.wait()

    assert inbox.messages == []
    assert link.lost.result() == "closed by the broker"


async def test_a_second_answer_of_the_broker_changes_nothing() -> None:
    async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK + CONNACK)
        mid = (await packet(reader))[1:3]
        writer.write((b"\x90\x03" + mid + b"\x01") * 2 + b"\x40\x02\x77\x77")

    async with ScriptedBroker(repeat) as broker, linked(broker) as link:
        await link.open()
        await link.subscribe([("a/#", 1)])
        await link.publish(MESSAGE)


class Broken(Handshake):
    """A paho with a bug in its read."""

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        if self.is_connected():
            raise KeyError(max_packets)
        return super().loop_read(max_packets)


async def test_a_bug_in_the_read_replaces_the_connection() -> None:
    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK)
        await asyncio.sleep(0.05)
        writer.write(b"\xd0\x00")

    with capture_logs() as logs:
        async with ScriptedBroker(talk) as broker:
            client = Broken(CallbackAPIVersion.VERSION2)
            link = Link(broker=broker, client=client, generation=1, on_message=ignore)
            await link.open()
            assert await link.lost == "read failed"

    assert logs[0]["event"] == "mqtt read failed"


async def test_a_broker_that_does_not_take_the_goodbye_is_left_all_the_same() -> None:
    async def never_read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK)
        reader._transport.pause_reading()  # type: ignore[attr-defined] # the stream would read ahead

    async with ScriptedBroker(never_read) as broker, linked(broker) as link:
        await link.open()
        for _ in range(200):
            link.publish(Outgoing("ward/s/g/health", bytes(50_000), 0))
        await link.close()

    assert link.lost.result() == "closed"
