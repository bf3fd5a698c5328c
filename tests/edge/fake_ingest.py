"""Ingest as a test writes it: it keeps every pack it gets and answers receipts as it is told."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from edge.wire_clock import instant
from wardroom import messages, topics
from wardroom.bus import Incoming, Outgoing, Session
from wardroom.clock import Clock, SystemClock
from wardroom.messages import Outcome, Receipt, Settled
from wardroom.settings import Broker
from wardroom.topics import Gateway, PackTopic


class FakeIngest:
    """Receives one gateway's packs; `answers` says to which of them a receipt goes."""

    def __init__(self, broker: Broker, gateway: Gateway, *, clock: Clock | None = None) -> None:
        self.got: list[tuple[PackTopic, bytes]] = []
        self.said: list[tuple[str, bytes]] = []
        self.answers: Callable[[PackTopic], bool] = lambda _: True
        self._gateway = gateway
        self._clock = clock or SystemClock()
        self.session = Session(
            broker=broker,
            client_id=f"fake-ingest-{gateway.site}-{gateway.gateway}",
            on_message=self._received,
            subscriptions=((f"{gateway.prefix}/#", 1),),
        )

    async def __aenter__(self) -> Self:
        await self.session.__aenter__()
        await self.session.wait_connected()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.session.__aexit__(kind, error, trace)

    def sequences(self, boot: str) -> list[int]:
        return [place.seq for place, _ in self.got if place.boot == boot]

    def receipt(self, settled: Sequence[Settled], at_us: int | None = None) -> None:
        at = instant(self._clock.now_us() if at_us is None else at_us)
        self.send(messages.encode(Receipt(at, tuple(settled))))

    def send(self, payload: bytes) -> None:
        self.session.publish(Outgoing(self._gateway.receipts, payload)).add_done_callback(lambda future: future.exception())

    def _received(self, incoming: Incoming) -> None:
        self.session.acknowledge(incoming)
        if incoming.topic == self._gateway.receipts:
            return
        place = topics.parse(incoming.topic)
        if isinstance(place, PackTopic):
            self.got.append((place, incoming.payload))
            if self.answers(place):
                self.receipt([Settled(place.boot, place.seq, place.seq, Outcome.STORED)])
        else:
            self.said.append((place.channel, incoming.payload))
