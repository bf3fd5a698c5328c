"""the agent's own numbers → the heartbeat on ``…/health``, QoS 0: lost is lost, the next one comes."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import structlog

from edge import gauges
from edge.machine import Machine, measured
from edge.outbox import Outbox
from edge.outbox_stats import Stats
from edge.settings import Edge
from edge.uplink import Uplink
from edge.wire_clock import instant
from wardroom import messages
from wardroom.bus import Outgoing
from wardroom.clock import Clock
from wardroom.errors import StorageError
from wardroom.messages import Health, OutboxHealth
from wardroom.topics import Gateway

_log = structlog.get_logger()


class Heartbeat:
    """Publishes the agent's health every `heartbeat_s`."""

    def __init__(self, edge: Edge, *, outbox: Outbox, uplink: Uplink, clock: Clock, machine: Callable[[Path], Machine] = measured) -> None:
        self._edge = edge
        self._gateway = Gateway(edge.site, edge.gateway)
        self._outbox = outbox
        self._uplink = uplink
        self._clock = clock
        self._machine = machine
        self._born = clock.monotonic()

    async def run(self) -> None:
        """Beat until cancelled, and as soon as there is a connection again."""
        while True:
            try:
                health = await self.health()
            except StorageError as error:
                _log.warning("no heartbeat: the outbox cannot be read", detail=str(error))
            else:
                self._uplink.say(Outgoing(self._gateway.health, messages.encode(health), qos=0))
            if self._uplink.connected:
                await asyncio.sleep(self._edge.heartbeat_s)
            else:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._edge.heartbeat_s):
                        await self._uplink.connection()

    async def health(self) -> Health:
        """Return the agent's health now."""
        stats = await self._outbox.stats()
        machine = await asyncio.to_thread(self._machine, Path(self._edge.data))
        self._gauge(stats)
        return Health(
            boot=self._outbox.boot,
            at=instant(self._clock.now_us()),
            uptime_s=self._clock.monotonic() - self._born,
            outbox=OutboxHealth(stats.packs, stats.bytes, stats.oldest_s, stats.dropped, stats.quarantined, self._uplink.resent),
            rss_bytes=machine.rss_bytes,
            disk_free_bytes=machine.disk_free_bytes,
            clock_skew_s=self._uplink.skew_s,
            temperature_c=machine.temperature_c,
        )

    def _gauge(self, stats: Stats) -> None:
        labels = gauges.of(self._gateway)
        gauges.PACKS.labels(*labels).set(stats.packs)
        gauges.BYTES.labels(*labels).set(stats.bytes)
        gauges.DROPPED.labels(*labels).set(stats.dropped)
        gauges.QUARANTINED.labels(*labels).set(stats.quarantined)
