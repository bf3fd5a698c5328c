"""A gateway of a test's own: its rows in the database, its packs at the broker."""

import uuid

from tests.center.running import RunningCenter, eventually
from tests.servers.broker import TestBroker
from wardroom import senml
from wardroom.bus import Outgoing, Session
from wardroom.clock import SystemClock
from wardroom.topics import Gateway

SEED = """
INSERT INTO site VALUES ('{site}', 'Trụ sở', 'Office', 'office');
INSERT INTO gateway (site, id, name_vi, name_en, state) VALUES ('{site}', 'gw-1', 'Cổng', 'Gateway', 'online');
INSERT INTO sensor VALUES ('{site}', 'gw-1', 'air1', 'Không khí', 'Air');
INSERT INTO series (site, gateway, sensor, quantity, unit, period_s) VALUES ('{site}', 'gw-1', 'air1', 'temperature', 'Cel', 60);
"""
STORE = """
SELECT make_reading_partition(t) FROM generate_series(now() - interval '{back}', now() + interval '7 days', interval '7 days') AS t;
INSERT INTO reading SELECT 1, t, extract(epoch FROM t) % 100, 0, t
    FROM generate_series(now() - interval '{back}', now() - interval '1 second', interval '{step}') AS t;
INSERT INTO latest SELECT DISTINCT ON (series_id) series_id, time, value, flags, received, time FROM reading ORDER BY series_id, time DESC
    ON CONFLICT (series_id) DO UPDATE SET time = excluded.time, value = excluded.value, received = excluded.received, rank = excluded.rank;
"""


class Ward:
    """A gateway of the test's own that publishes to the broker, and its rows."""

    def __init__(self, center: RunningCenter, broker: TestBroker) -> None:
        self.place = Gateway(f"s{uuid.uuid4().hex[:8]}", "gw-1")
        self.center = center
        self.clock = SystemClock()
        self.session = Session(
            broker=broker.add_gateway(self.place.site, self.place.gateway),
            client_id=f"{self.place.site}.gw-1",
            on_message=lambda _incoming: None,
        )
        self._seq = 0

    def seed(self, *, back: str | None = None, step: str = "10 seconds") -> None:
        self.center.execute(SEED.format(site=self.place.site))
        if back:
            self.center.execute(STORE.format(back=back, step=step))

    async def read(self, *values: float, sensor: str = "air1", at_us: int | None = None) -> int:
        now_us = self.clock.now_us() if at_us is None else at_us
        readings = [senml.Reading(sensor, "temperature", "Cel", value, now_us + index) for index, value in enumerate(values)]
        self._seq += 1
        await self.publish(self.place.pack("readings", "b1", self._seq), senml.encode(readings, now_us))
        return now_us + len(values) - 1

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        await self.session.publish(Outgoing(topic, payload, retain=retain))


async def see(center: RunningCenter, series: int = 1) -> None:
    """Return once the hub knows the series."""

    async def known() -> bool:
        await center.room.mending.round(whole=True)
        return center.room.hub.latest(series) is not None

    await eventually(known)
