import asyncio
import secrets
from collections.abc import Callable

import msgspec
import pytest
from structlog.testing import capture_logs

from tests.servers.broker import TestBroker
from tests.wardroom.inbox import Inbox, until
from tests.wardroom.wires import Proxy
from wardroom.bus import BACKOFF_S, Incoming, Outgoing, Session, backoff
from wardroom.errors import BrokerGone, ConfigError
from wardroom.settings import Broker, Secret
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers


def ignore(_message: Incoming) -> None:
    """Leave a message unread."""


class Ward:
    """A site of the test's own: its gateway's settings, ingest's settings, and topics."""

    def __init__(self, broker: TestBroker) -> None:
        self.gateway = Gateway(f"s-{secrets.token_hex(4)}", "gw-1")
        self.edge = broker.add_gateway(self.gateway.site, self.gateway.gateway)
        self.ingest = broker.broker("ingest")
        self.subscriptions = [(f"{self.gateway.prefix}/#", 1)]

    def reading(self, seq: int, payload: bytes = b"[]", qos: int = 1) -> Outgoing:
        return Outgoing(self.gateway.pack("readings", "boot", seq), payload, qos)

    def status(self, word: bytes) -> Outgoing:
        return Outgoing(self.gateway.status, word, 1, retain=True)

    def sender(
        self,
        broker: Broker | None = None,
        *,
        on_connection: Callable[[bool], None] | None = None,
        farewell: tuple[Outgoing, ...] = (),
        birth: Callable[[], tuple[Outgoing, ...]] | None = None,
    ) -> Session:
        return Session(
            broker=broker or self.edge,
            client_id=self.gateway.site,
            on_message=ignore,
            will=self.status(b"offline"),
            birth=birth,
            farewell=farewell,
            on_connection=on_connection,
        )

    def receiver(self, on_message: Callable[[Incoming], None], broker: Broker | None = None, *, clean: bool = True) -> Session:
        return Session(
            broker=broker or self.ingest,
            client_id=f"in-{self.gateway.site}",
            on_message=on_message,
            subscriptions=self.subscriptions,
            clean=clean,
        )


@pytest.fixture
def ward(broker: TestBroker) -> Ward:
    return Ward(broker)


def proxied(broker: Broker, proxy: Proxy) -> Broker:
    return msgspec.structs.replace(broker, port=proxy.port, keepalive_s=2)


async def soon(session: Session) -> None:
    async with asyncio.timeout(10):
        await session.wait_connected()


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


async def test_a_qos_0_publish_resolves_when_it_is_written(ward: Ward) -> None:
    inbox = Inbox()
    async with ward.receiver(inbox.put) as receiver, ward.sender() as sender:
        await soon(receiver)
        await soon(sender)
        await sender.publish(ward.reading(0, b"zero", qos=0))
        (message,) = await inbox.until(1)
        receiver.acknowledge(message)

    assert (message.payload, message.qos) == (b"zero", 0)


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


async def test_an_unreachable_broker_is_tried_again_and_logged(ward: Ward) -> None:
    nowhere = msgspec.structs.replace(ward.edge, port=1)
    with capture_logs() as logs:
        async with ward.sender(nowhere) as session:
            await until(lambda: len(logs) > 1)
            assert not session.connected

    assert logs[0]["result"] == "unreachable"
    assert "127.0.0.1:1" in logs[0]["reason"]


async def test_what_was_not_acknowledged_comes_again_to_a_persistent_session(ward: Ward) -> None:
    first, second, third = Inbox(), Inbox(), Inbox()
    async with ward.receiver(first.put, clean=False) as receiver, ward.sender() as sender:
        await soon(receiver)
        await soon(sender)
        await sender.publish(ward.reading(1, b"one"))
        await sender.publish(ward.reading(2, b"two"))
        await first.until(2)
        receiver.acknowledge(first.messages[0])
    async with ward.receiver(second.put, clean=False) as receiver:
        (again,) = await second.until(1)
        receiver.acknowledge(first.messages[1])  # of a connection that is gone: nothing
        receiver.acknowledge(again)
    async with ward.receiver(third.put, clean=False) as receiver:
        await soon(receiver)
        await asyncio.sleep(0.1)

    assert (again.payload, again.duplicate) == (b"two", True)
    assert third.messages == []
    async with ward.receiver(ignore) as receiver:  # the broker forgets the persistent session
        await soon(receiver)


async def test_the_will_is_sent_when_the_wire_is_cut_and_not_after_a_farewell(ward: Ward) -> None:
    inbox = Inbox()
    async with ward.receiver(inbox.put) as receiver, Proxy(ward.edge.port) as proxy:
        await soon(receiver)
        async with ward.sender(proxied(ward.edge, proxy), farewell=(ward.status(b"stopped"),)) as sender:
            await soon(sender)
            proxy.cut()
            await inbox.until(1)
            await until(lambda: not sender.connected)
            await soon(sender)
        await inbox.until(2)
        await asyncio.sleep(0.1)

    assert inbox.payloads == [b"offline", b"stopped"]


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


async def test_a_paused_session_does_not_connect_anew_before_it_resumes(ward: Ward) -> None:
    async with Proxy(ward.ingest.port) as proxy, ward.receiver(ignore, proxied(ward.ingest, proxy)) as receiver:
        await soon(receiver)
        receiver.pause()
        proxy.cut()
        await until(lambda: not receiver.connected)
        await asyncio.sleep(0.7)
        assert not receiver.connected
        receiver.resume()
        await soon(receiver)


async def test_a_publish_fails_with_broker_gone_when_the_link_dies(ward: Ward) -> None:
    async with Proxy(ward.edge.port) as proxy, ward.sender(proxied(ward.edge, proxy)) as sender:
        await soon(sender)
        proxy.freeze()
        future = sender.publish(ward.reading(1))
        given_up = sender.publish(ward.reading(2))
        given_up.cancel()
        await asyncio.sleep(0.05)
        assert not future.done()
        proxy.cut()
        with pytest.raises(BrokerGone) as caught:
            await future

    assert caught.value.key == "broker.gone"
    assert str(proxy.port) in caught.value.sentence("vi")


async def test_a_half_open_peer_is_noticed_within_one_and_a_half_keep_alives(ward: Ward) -> None:
    async with Proxy(ward.edge.port) as proxy, ward.sender(proxied(ward.edge, proxy)) as sender:
        await soon(sender)
        proxy.freeze()
        began = asyncio.get_running_loop().time()
        await until(lambda: not sender.connected)
        took = asyncio.get_running_loop().time() - began
        proxy.thaw()
        await until(lambda: sender.connected)

    assert 1.0 < took < 3.2


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
