"""a gateway's own account → messages that are no messages, each sent until ingest has receipted it as a dead letter.

A second session beside the gateway's, with a boot id of its own, so that the gateway's sequences stay whole.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

import structlog

from wardroom import messages
from wardroom.bus import Incoming, Outgoing, Session
from wardroom.errors import BrokerError, InvalidMessage
from wardroom.messages import Receipt
from wardroom.settings import Broker
from wardroom.topics import Gateway

PAYLOADS: Final = (
    b'[{"n":"air/temperature","u":"Cel","v":21.5',  # cut off
    b'[{"bt":1790000000,"n":"air/temperature","u":"Fahrenheit","v":71}]',  # an unknown unit
    b'[{"bt":1790000000,"n":"air/temperature","u":"Cel","v":NaN}]',  # not a number
    b'[{"bt":1790000000,"n":"air/temperature","u":"Cel","vs":"warm"}]',  # a text
    b'[{"n":"air/temperature","u":"Cel","v":21.5}]',  # no time
    b"\xff\xfe\x00 not even text",
    b"[]",
)
_RESEND_S: Final = 5.0
_LOOK_S: Final = 0.5

_log = structlog.get_logger()


class Mischief:
    """The second session of one gateway; `wanted` says how many messages should have been sent by now."""

    def __init__(self, *, broker: Broker, gateway: Gateway, wanted: Callable[[], int]) -> None:
        self._broker = broker
        self._gateway = gateway
        self._wanted = wanted
        self._boot = f"bad-{secrets.token_hex(6)}"
        self._session: Session | None = None
        self._sent = 0
        self._pending: dict[int, Outgoing] = {}  # evicted by its receipt
        self.dead_lettered = 0

    @property
    def settled(self) -> bool:
        """Whether every message sent has its receipt."""
        return not self._pending

    async def run(self) -> None:
        """Send until cancelled."""
        session = Session(
            broker=self._broker,
            client_id=f"{self._gateway.site}.{self._gateway.gateway}.{self._boot}",
            on_message=self._received,
            subscriptions=((self._gateway.receipts, 1),),
        )
        self._session = session
        async with session:
            resend_at = 0.0
            while True:
                await session.wait_connected()
                if (now := asyncio.get_running_loop().time()) >= resend_at:
                    await self._send(session, tuple(self._pending.values()))
                    resend_at = now + _RESEND_S
                await self._send(session, self._news())
                await asyncio.sleep(_LOOK_S)

    def _news(self) -> tuple[Outgoing, ...]:
        news = []
        while self._sent < self._wanted():
            number, self._sent = self._sent, self._sent + 1
            news.append(Outgoing(self._gateway.pack("readings", self._boot, number), PAYLOADS[number % len(PAYLOADS)]))
            self._pending[number] = news[-1]
        return tuple(news)

    async def _send(self, session: Session, some: tuple[Outgoing, ...]) -> None:
        for message in some:
            try:
                await session.publish(message)
            except BrokerError:
                return

    def _received(self, incoming: Incoming) -> None:
        if self._session is not None:
            self._session.acknowledge(incoming)
        try:
            receipt = messages.decode(incoming.payload, Receipt)
        except InvalidMessage as error:
            _log.warning("receipt refused", detail=str(error))
            return
        for settled in receipt.settled:
            if settled.boot == self._boot:
                for number in range(settled.first, settled.last + 1):
                    self.dead_lettered += self._pending.pop(number, None) is not None
