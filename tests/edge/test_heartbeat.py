import asyncio
from pathlib import Path

from structlog.testing import capture_logs

from edge.birth import birth
from edge.heartbeat import Heartbeat
from edge.machine import Machine
from edge.outbox import Outbox
from edge.uplink import Uplink
from tests.edge.factories import GATEWAY, NOW_US, SetClock, edge, reading, sensor
from tests.edge.waiting import until
from wardroom import messages
from wardroom.messages import Birth, OutboxHealth
from wardroom.settings import Broker, Secret

PI = Machine(rss_bytes=40_000_000, disk_free_bytes=9_000_000_000, temperature_c=51.5)


def a_heartbeat(folder: Path, outbox: Outbox, clock: SetClock, heartbeat_s: float = 10.0) -> Heartbeat:
    settings = edge(folder, heartbeat_s=heartbeat_s)

    async def tell(_: object) -> None:
        """Nobody listens."""

    nowhere = Broker(port=1, username="nobody", password=Secret("nothing"))
    uplink = Uplink(
        settings,
        nowhere,
        outbox=outbox,
        clock=clock,
        birth=lambda: birth(settings, (), boot=outbox.boot, now_us=clock.now_us()),
        tell=tell,
    )
    return Heartbeat(settings, outbox=outbox, uplink=uplink, clock=clock, machine=lambda _: PI)


async def test_a_heartbeat_tells_of_the_outbox_and_of_the_machine(tmp_path: Path) -> None:
    clock = SetClock(monotonic=100.0)
    async with Outbox(file=tmp_path / "outbox.db", gateway=GATEWAY, limit_bytes=2**26, clock=clock) as outbox:
        heartbeat = a_heartbeat(tmp_path, outbox, clock)
        await outbox.put((reading(),))
        clock.us += 3_000_000
        clock.seconds += 61.0
        health = await heartbeat.health()

    assert health.boot == outbox.boot
    assert health.uptime_s == 61.0
    assert health.at.timestamp() == (NOW_US + 3_000_000) / 1_000_000
    assert health.outbox == OutboxHealth(packs=1, bytes=health.outbox.bytes, oldest_s=3.0, dropped=0, quarantined=0, resent=0)
    assert health.outbox.bytes > 100
    assert (health.rss_bytes, health.disk_free_bytes, health.temperature_c) == (40_000_000, 9_000_000_000, 51.5)
    assert health.clock_skew_s is None


async def test_an_outbox_that_cannot_be_read_is_a_log_line_and_the_next_beat_comes(tmp_path: Path) -> None:
    clock = SetClock()
    async with Outbox(file=tmp_path / "outbox.db", gateway=GATEWAY, limit_bytes=2**26, clock=clock) as outbox:
        await outbox._in_thread(lambda: outbox._store._connection.execute("ALTER TABLE pack RENAME TO elsewhere"))
        with capture_logs() as logs:
            beating = asyncio.create_task(a_heartbeat(tmp_path, outbox, clock, heartbeat_s=0.1).run())
            await until(lambda: len(logs) >= 2)
            beating.cancel()
        await outbox._in_thread(lambda: outbox._store._connection.execute("ALTER TABLE elsewhere RENAME TO pack"))

    assert {log["event"] for log in logs} == {"no heartbeat: the outbox cannot be read"}


def test_a_birth_says_how_long_silence_is_normal(tmp_path: Path) -> None:
    sensors = (
        sensor(id="slow", period_s=5.0, report={"at_least_s": 60.0}),
        sensor(id="rare", period_s=3_600.0),
        sensor(id="daily", period_s=86_400),
    )
    said = birth(edge(tmp_path), sensors, boot="b", now_us=NOW_US)
    described = messages.decode(said.payload, Birth)

    assert (said.topic, said.qos, said.retain) == (GATEWAY.birth, 1, True)
    assert [one.quantities[0].period_s for one in described.sensors] == [65.0, 7_200.0, 86_400.0]
