"""ingest's part for tests without a database: takes every pack, and receipts it."""

import asyncio
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from wardroom import messages, senml, topics
from wardroom.bus import Incoming, Outgoing, Session
from wardroom.errors import InvalidMessage
from wardroom.messages import Outcome, Receipt, Settled
from wardroom.settings import Broker
from wardroom.topics import PACKS, PackTopic

Stored = tuple[str, str, str, str, int]


class Receiver:
    """What came, as ingest would have it: each reading once, and what was no message."""

    def __init__(self, broker: Broker) -> None:
        self.readings: dict[Stored, float] = {}
        self.dead_letters: set[str] = set()
        self.states: list[str] = []
        self._session = Session(
            broker=broker,
            client_id="receiver",
            on_message=self._take,
            subscriptions=(*((each, 1) for each in PACKS), ("ward/+/+/status", 1)),
        )

    async def __aenter__(self) -> Self:
        await self._session.__aenter__()
        async with asyncio.timeout(30):
            await self._session.wait_connected()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._session.__aexit__(kind, error, trace)

    def _take(self, incoming: Incoming) -> None:
        self._session.acknowledge(incoming)
        topic = topics.parse(incoming.topic)
        if not isinstance(topic, PackTopic):
            self.states.append(f"{topic.gateway.site} {messages.decode(incoming.payload, messages.Status).state.value}")
            return
        outcome = Outcome.STORED
        try:
            if topic.kind == "readings":
                for one in senml.decode(incoming.payload).readings:
                    self.readings[topic.gateway.site, topic.gateway.gateway, one.sensor, one.quantity, one.observed_us] = one.value
        except InvalidMessage:
            self.dead_letters.add(incoming.topic)
            outcome = Outcome.DEAD_LETTERED
        receipt = Receipt(datetime.now(UTC), (Settled(topic.boot, topic.seq, topic.seq, outcome),))
        self._session.publish(Outgoing(topic.gateway.receipts, messages.encode(receipt))).add_done_callback(lambda done: done.exception())
