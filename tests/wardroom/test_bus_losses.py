"""What a session does when its connection is lost, cut, silent or refused."""

import asyncio

import msgspec
import pytest
from structlog.testing import capture_logs

from simulators.line import Line
from tests.servers.broker import TestBroker
from tests.wardroom.inbox import Inbox, until
from tests.wardroom.linked import ignore
from tests.wardroom.ward import Ward, by, cut, soon
from wardroom.errors import BrokerGone

pytestmark = pytest.mark.servers


async def test_a_session_survives_the_kill_of_its_broker_with_birth_and_subscriptions(ward: Ward, broker: TestBroker) -> None:
    inbox, changes = Inbox(), list[bool]()
    births = iter(range(100))
    async with (
        ward.receiver(inbox.put) as receiver,
        ward.sender(on_connection=changes.append, birth=lambda: (ward.status(str(next(births)).encode()),)) as sender,
    ):
        await soon(receiver)
        await soon(sender)
        await inbox.until(1)
        broker.kill()
        await until(lambda: not sender.connected and not receiver.connected)
        broker.start()
        await soon(receiver)
        await soon(sender)
        await sender.publish(ward.reading(1, b"after"))
        await until(lambda: b"after" in inbox.payloads)

    assert changes == [True, False, True, False]
    assert [payload for payload in inbox.payloads if payload != b"offline"][-3:] == [b"0", b"1", b"after"]


async def test_an_unreachable_broker_is_tried_again_and_logged(ward: Ward) -> None:
    nowhere = msgspec.structs.replace(ward.edge, port=1)
    with capture_logs() as logs:
        async with ward.sender(nowhere) as session:
            await until(lambda: len(logs) > 1)
            assert not session.connected

    assert logs[0]["result"] == "unreachable"
    assert "127.0.0.1:1" in logs[0]["reason"]


async def test_what_was_not_acknowledged_comes_again_to_a_persistent_session(ward: Ward) -> None:
    first, second = Inbox(), Inbox()
    async with ward.receiver(first.put, clean=False) as receiver, ward.sender() as sender:
        await soon(receiver)
        await soon(sender)
        await sender.publish(ward.reading(1, b"one"))
        await sender.publish(ward.reading(2, b"two"))
        await first.until(2)
        receiver.acknowledge(first.messages[0])
    async with ward.receiver(second.put, clean=False) as receiver:
        (again,) = await second.until(1)
        receiver.acknowledge(again)

    assert (again.payload, again.duplicate) == (b"two", True)
    assert await left_over(ward) == []


async def test_an_acknowledgement_of_a_lost_connection_settles_nothing(ward: Ward) -> None:
    inbox = Inbox()
    async with (
        Line(port=ward.ingest.port) as line,
        ward.receiver(inbox.put, by(ward.ingest, line), clean=False) as receiver,
        ward.sender() as sender,
    ):
        await soon(receiver)
        await soon(sender)
        await sender.publish(ward.reading(1, b"one"))
        await inbox.until(1)
        cut(line)
        await inbox.until(2)
        receiver.acknowledge(inbox.messages[0])

    assert await left_over(ward) == [b"one"]


async def left_over(ward: Ward) -> list[bytes]:
    """Return what the broker still holds for the receiver's persistent session, which it forgets."""
    inbox = Inbox()
    async with ward.receiver(inbox.put, clean=False) as receiver:
        await soon(receiver)
        await asyncio.sleep(0.1)
    async with ward.receiver(ignore) as receiver:
        await soon(receiver)
    return inbox.payloads


async def test_the_will_is_sent_when_the_wire_is_cut_and_not_after_a_farewell(ward: Ward) -> None:
    inbox = Inbox()
    async with ward.receiver(inbox.put) as receiver, Line(port=ward.edge.port) as line:
        await soon(receiver)
        async with ward.sender(by(ward.edge, line), farewell=(ward.status(b"stopped"),)) as sender:
            await soon(sender)
            cut(line)
            await inbox.until(1)
            await until(lambda: not sender.connected)
            await soon(sender)
        await inbox.until(2)
        await asyncio.sleep(0.1)

    assert inbox.payloads == [b"offline", b"stopped"]


async def test_a_paused_session_does_not_connect_anew_before_it_resumes(ward: Ward) -> None:
    async with Line(port=ward.ingest.port) as line, ward.receiver(ignore, by(ward.ingest, line)) as receiver:
        await soon(receiver)
        receiver.pause()
        cut(line)
        await until(lambda: not receiver.connected)
        await asyncio.sleep(0.7)
        assert not receiver.connected
        receiver.resume()
        await soon(receiver)


async def test_a_publish_fails_with_broker_gone_when_the_link_dies(ward: Ward) -> None:
    async with Line(port=ward.edge.port) as line, ward.sender(by(ward.edge, line)) as sender:
        await soon(sender)
        line.set(swallowed=True)
        future = sender.publish(ward.reading(1))
        given_up = sender.publish(ward.reading(2))
        given_up.cancel()
        await asyncio.sleep(0.05)
        assert not future.done()
        cut(line)
        with pytest.raises(BrokerGone) as caught:
            await future

    assert caught.value.key == "broker.gone"
    assert str(line.port) in caught.value.sentence("vi")


async def test_a_half_open_peer_is_noticed_within_one_and_a_half_keep_alives(ward: Ward) -> None:
    async with Line(port=ward.edge.port) as line, ward.sender(by(ward.edge, line)) as sender:
        await soon(sender)
        line.set(swallowed=True)
        began = asyncio.get_running_loop().time()
        await until(lambda: not sender.connected)
        took = asyncio.get_running_loop().time() - began
        line.set()
        await until(lambda: sender.connected)

    assert 1.0 < took < 3.2
