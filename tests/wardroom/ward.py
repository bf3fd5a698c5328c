"""A site of a test's own on the session's broker, with sessions that send and receive there."""

import asyncio
import secrets
from collections.abc import Callable

import msgspec

from simulators.line import Line
from tests.servers.broker import TestBroker
from tests.wardroom.linked import ignore
from wardroom.bus import Incoming, Outgoing, Session
from wardroom.settings import Broker
from wardroom.topics import Gateway


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


def by(broker: Broker, line: Line) -> Broker:
    return msgspec.structs.replace(broker, port=line.port, keepalive_s=2)


def cut(line: Line) -> None:
    """End every connection without a word; new ones may come."""
    line.set(cut=True)
    line.set()


async def soon(session: Session) -> None:
    async with asyncio.timeout(10):
        await session.wait_connected()
