import asyncio
import re

import msgspec
import pytest
from structlog.testing import capture_logs

from tests.embedded.mqtt import connected
from tests.servers.broker import TestBroker
from tests.wardroom.inbox import Inbox, until
from tests.wardroom.ward import Ward, soon
from wardroom.bus import BACKOFF_S, Incoming, Outgoing, backoff
from wardroom.dial import new_client
from wardroom.embedded import access
from wardroom.errors import BrokerGone, ConfigError
from wardroom.settings import Broker, Secret
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers


async def test_a_message_goes_from_one_session_to_another(ward: Ward) -> None:
    inbox = Inbox()
    async with ward.receiver(inbox.put) as receiver, ward.sender() as sender:
        await soon(receiver)
        await soon(sender)
        await sender.publish(ward.reading(7, b"hello"))
        (message,) = await inbox.until(1)

    assert (message.topic, message.payload, message.qos, message.retain, message.duplicate) == (
        ward.reading(7).topic,
        b"hello",
        1,
        False,
        False,
    )


@pytest.mark.parametrize("client", ["any", "ours"])
async def test_another_account_under_the_same_client_id_leaves_the_session_alone(ward: Ward, broker: TestBroker, client: str) -> None:
    changes: list[bool] = []
    other = access.gateway(Gateway(ward.gateway.site, "gw-2"), "a password of its own")
    settings = broker.add_user(other)
    async with ward.sender(on_connection=changes.append) as sender:
        await soon(sender)
        if client == "any":
            with connected(other, broker.port, ward.gateway.site):
                await sender.publish(ward.reading(0))
        else:
            async with ward.sender(settings) as second:
                await soon(second)
                await sender.publish(ward.reading(0))
        await asyncio.sleep(0.1)
        assert changes == [True]


def test_a_client_id_is_the_same_at_every_start_and_another_accounts_is_another() -> None:
    def chosen(password: str, name: str) -> str:
        client = new_client(Broker(username="u", password=Secret(password)), name, clean=True, will=None)
        return bytes(client._client_id).decode()

    assert re.fullmatch("wardroom-ingest-[0-9a-f]{16}", chosen("p", "wardroom-ingest"))
    assert chosen("p", "wardroom-ingest") == chosen("p", "wardroom-ingest")
    assert len({chosen("p", "a"), chosen("q", "a"), chosen("p", "b")}) == 3


async def test_a_qos_0_publish_resolves_when_it_is_written(ward: Ward) -> None:
    inbox = Inbox()
    async with ward.receiver(inbox.put) as receiver, ward.sender() as sender:
        await soon(receiver)
        await soon(sender)
        await sender.publish(ward.reading(0, b"zero", qos=0))
        (message,) = await inbox.until(1)
        receiver.acknowledge(message)

    assert (message.payload, message.qos) == (b"zero", 0)


@pytest.mark.timeout(20)
async def test_a_message_handler_may_publish_and_acknowledge(ward: Ward) -> None:
    inbox = Inbox()

    def answer(message: Incoming) -> None:
        receiver.acknowledge(message)
        inbox.put(message)
        if message.topic != ward.gateway.receipts:
            receiver.publish(Outgoing(ward.gateway.receipts, b"zero", 0))
            receiver.publish(Outgoing(ward.gateway.receipts, b"one", 1))

    receiver = ward.receiver(answer)
    async with receiver, ward.sender() as sender:
        await soon(receiver)
        await soon(sender)
        await sender.publish(ward.reading(1, b"question"))
        await inbox.until(3)

    assert inbox.payloads == [b"question", b"zero", b"one"]


async def test_a_flood_arrives_whole_and_in_order(ward: Ward) -> None:
    inbox = Inbox()

    def put(message: Incoming) -> None:
        receiver.acknowledge(message)
        inbox.put(message)

    receiver = ward.receiver(put)
    async with receiver, ward.sender() as sender:
        await soon(receiver)
        await soon(sender)
        await asyncio.gather(*(sender.publish(ward.reading(seq, str(seq).encode())) for seq in range(5_000)))
        await inbox.until(5_000)

    assert inbox.payloads == [str(seq).encode() for seq in range(5_000)]


async def test_a_refused_sign_in_is_never_connected(ward: Ward) -> None:
    wrong = msgspec.structs.replace(ward.edge, password=Secret("wrong"))
    changes = list[bool]()
    with capture_logs() as logs:
        async with ward.sender(wrong, on_connection=changes.append) as session:
            await until(lambda: len(logs) > 1)
            with pytest.raises(BrokerGone):
                await session.publish(ward.reading(0))

    assert changes == []
    assert {(entry["event"], entry["result"]) for entry in logs} == {("broker connection ended", "refused")}
    assert "wrong" not in str(logs)


async def test_a_paused_session_gets_nothing_until_it_resumes_and_stays_connected(ward: Ward) -> None:
    inbox = Inbox()
    short = msgspec.structs.replace(ward.ingest, keepalive_s=1)
    async with ward.receiver(inbox.put, short) as receiver, ward.sender() as sender:
        await soon(receiver)
        await soon(sender)
        receiver.pause()
        await sender.publish(ward.reading(1, b"held"))
        await asyncio.sleep(2.5)  # a broker that heard no ping would be gone after 1.5
        assert (inbox.messages, receiver.connected) == ([], True)
        receiver.resume()
        receiver.resume()
        await inbox.until(1)
        await asyncio.sleep(0.3)
        assert receiver.connected

    assert inbox.payloads == [b"held"]


async def test_a_bug_in_a_message_handler_is_logged_and_the_next_message_comes(ward: Ward) -> None:
    inbox = Inbox()

    def stumble(message: Incoming) -> None:
        if message.payload == b"bad":
            raise ZeroDivisionError
        inbox.put(message)

    with capture_logs() as logs:
        async with ward.receiver(stumble) as receiver, ward.sender() as sender:
            await soon(receiver)
            await soon(sender)
            await sender.publish(ward.reading(1, b"bad"))
            await sender.publish(ward.reading(2, b"good"))
            await inbox.until(1)

    assert inbox.payloads == [b"good"]
    assert [entry for entry in logs if entry["event"] == "message handler failed" and entry["exc_info"]]


async def test_a_bug_in_the_session_ends_the_block(ward: Ward) -> None:
    def stumble() -> tuple[Outgoing, ...]:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup) as caught:
        async with ward.sender(birth=stumble):
            await asyncio.sleep(10)

    assert caught.group_contains(ZeroDivisionError)


async def test_a_missing_file_of_authorities_ends_the_block_with_a_clear_sentence(ward: Ward) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        async with ward.sender(msgspec.structs.replace(ward.edge, tls_ca="/nowhere/ca.pem")):
            await asyncio.sleep(10)

    (error,) = caught.value.exceptions
    assert isinstance(error, ConfigError)
    assert "/nowhere/ca.pem" in str(error)


async def test_the_blocks_own_error_stays_itself(ward: Ward) -> None:
    async def stumble() -> None:
        async with ward.sender() as sender:
            await soon(sender)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await stumble()


async def test_a_cancelled_block_says_its_farewell(ward: Ward) -> None:
    inbox = Inbox()

    async def live() -> None:
        async with ward.sender(farewell=(ward.status(b"stopped"),)) as sender:
            await soon(sender)
            inbox.put(Incoming("", b"up", 0, retain=False, duplicate=False))
            await asyncio.sleep(10)

    async with ward.receiver(inbox.put) as receiver:
        await soon(receiver)
        task = asyncio.create_task(live())
        await inbox.until(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await inbox.until(2)

    assert inbox.payloads == [b"up", b"stopped"]


async def test_a_session_may_be_left_before_it_is_connected(ward: Ward) -> None:
    async with ward.sender(farewell=(ward.status(b"stopped"),)) as sender:
        assert not sender.connected


def test_the_back_off_doubles_with_jitter_up_to_its_most() -> None:
    least, most = BACKOFF_S

    assert all(least / 2 <= backoff(0) <= least for _ in range(100))
    assert all(most / 2 <= backoff(1_000) <= most for _ in range(100))
    assert len({backoff(3) for _ in range(10)}) > 1
