"""A gateway's side of the wire, for tests: publishes packs and keeps the receipts it gets."""

import asyncio
from types import TracebackType
from typing import Self

from tests.ingest.factories import outcomes
from tests.servers.broker import TestBroker
from wardroom import messages, senml
from wardroom.bus import Incoming, Outgoing, Session
from wardroom.messages import GatewayState, Outcome, Status
from wardroom.senml import Reading
from wardroom.topics import Gateway


class GatewayWire:
    """A gateway signed in to the broker; `settled` is what receipts said: (boot, sequence) → outcome."""

    def __init__(self, broker: TestBroker, gateway: Gateway) -> None:
        self.gateway = gateway
        self.settled: dict[tuple[str, int], Outcome] = {}
        self.receipts = 0
        self._session = Session(
            broker=broker.add_gateway(gateway.site, gateway.gateway),
            client_id=f"{gateway.site}.{gateway.gateway}",
            on_message=self._take,
            subscriptions=((gateway.receipts, 1),),
        )

    async def __aenter__(self) -> Self:
        await self._session.__aenter__()
        await self._session.wait_connected()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._session.__aexit__(kind, error, trace)

    def send(self, seq: int, *readings: Reading, boot: str = "b1", sent_us: int | None = None) -> "asyncio.Future[None]":
        """Publish a pack; the future is its PUBACK."""
        payload = senml.encode(readings, readings[0].observed_us if sent_us is None else sent_us)
        return self.raw(self.gateway.pack("readings", boot, seq), payload)

    def say(self, state: GatewayState, boot: str = "b1") -> "asyncio.Future[None]":
        """Publish the retained status."""
        return self._session.publish(Outgoing(self.gateway.status, messages.encode(Status(state, boot)), retain=True))

    def raw(self, topic: str, payload: bytes) -> "asyncio.Future[None]":
        return self._session.publish(Outgoing(topic, payload))

    def _take(self, incoming: Incoming) -> None:
        self.receipts += 1
        self.settled |= outcomes([Outgoing(incoming.topic, incoming.payload)])
        self._session.acknowledge(incoming)
