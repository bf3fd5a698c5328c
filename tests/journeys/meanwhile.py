"""What happens in a ward while a wall is away: a new sensor's first reading, a fault that came and went, a gateway that drops off."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import uuid6

from edge import settings as edge_settings
from tests.journeys.stack import Stack
from wardroom import messages, senml
from wardroom.bus import Outgoing, Session
from wardroom.messages import GatewayState, SensorFault, SensorFaultData, SensorFaultReason, SensorRecovered, SensorRecoveredData, Status
from wardroom.senml import Reading
from wardroom.topics import Gateway

_HEARD_S: Final = 30.0


class Meanwhile:
    """A gateway of the demo, spoken for on its own account."""

    def __init__(self, stack: Stack, session: Session, place: Gateway) -> None:
        self._stack = stack
        self._session = session
        self._place = place
        self._boot = f"b{uuid.uuid4().hex[:8]}"
        self._seq = 0
        self.value = 31.5
        self.events: list[str] = []

    async def happens(self) -> None:
        """Have the reading and the fault happen; `events` are the fault and its end."""
        now = datetime.now(UTC)
        now_us = round(now.timestamp() * 1e6)
        sensor, source = f"attic-{self._boot}", self._place.prefix
        fault, recovery = str(uuid6.uuid7()), str(uuid6.uuid7())
        self.events += [fault, recovery]
        silent = SensorFaultData(sensor, SensorFaultReason.NO_ANSWER)
        again = SensorRecoveredData(sensor, 0.5)
        await self._put("readings", senml.encode([Reading(sensor, "temperature", "Cel", self.value, now_us)], now_us))
        await self._put("events", messages.encode(SensorFault(id=fault, source=source, time=now, subject=sensor, data=silent)))
        await self._put("events", messages.encode(SensorRecovered(id=recovery, source=source, time=now, subject=sensor, data=again)))

    async def drops_off(self) -> None:
        """Say the will's word, and return when it is known. The gateway itself must stand still: it would say that it is there."""
        await self.state(GatewayState.OFFLINE)
        await self.heard(GatewayState.OFFLINE)

    async def state(self, state: GatewayState) -> None:
        """Say what the gateway's session or its will would say."""
        await self._session.publish(Outgoing(self._place.status, messages.encode(Status(state, self._boot)), retain=True))

    async def heard(self, state: GatewayState) -> None:
        """Wait until the gateway is known to be in that state."""
        async with asyncio.timeout(_HEARD_S):
            while await self._stack.state(self._place) != state:  # noqa: ASYNC110 - it is told in another process
                await asyncio.sleep(0.1)

    async def _put(self, kind: str, payload: bytes) -> None:
        self._seq += 1
        await self._session.publish(Outgoing(self._place.pack(kind, self._boot, self._seq), payload))


@asynccontextmanager
async def meanwhile(stack: Stack, place: Gateway) -> AsyncIterator[Meanwhile]:
    """Lend it once its own session has said that it is there, which it would say over ours; afterwards the gateway is back."""
    loaded = edge_settings.load(stack.folder / "config" / "gateways" / f"{place.site}.{place.gateway}.toml", {})
    name = f"{place.site}.{place.gateway}.meanwhile"
    async with Session(broker=loaded.broker, client_id=name, on_message=lambda _: None) as session:
        await session.wait_connected()
        lives = Meanwhile(stack, session, place)
        await lives.heard(GatewayState.ONLINE)
        try:
            yield lives
        finally:
            await lives.state(GatewayState.ONLINE)
