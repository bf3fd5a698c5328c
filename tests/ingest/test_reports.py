"""Status, birth and health in the tables."""

import pytest

from ingest.rows import instant
from tests.ingest.factories import NOW_US, Desk, S, birth, health, pack, reading, status
from wardroom.messages import GatewayState, QuantityDescription

pytestmark = pytest.mark.servers

STATE = "SELECT state, boot, state_since FROM gateway"


async def test_the_state_and_since_when(desk: Desk) -> None:
    await desk.store(status(GatewayState.ONLINE))
    await desk.store(status(GatewayState.ONLINE, received_us=NOW_US + S))  # the retained one again, after a reconnect
    assert desk.rows(STATE) == [("online", "b1", instant(NOW_US))]
    await desk.store(status(GatewayState.OFFLINE, received_us=NOW_US + 2 * S))
    assert desk.rows(STATE) == [("offline", "b1", instant(NOW_US + 2 * S))]
    await desk.store(status(GatewayState.ONLINE, boot="b2", received_us=NOW_US + 3 * S))
    assert desk.rows(STATE) == [("online", "b2", instant(NOW_US + 3 * S))]


async def test_a_status_heard_earlier_by_another_member_changes_nothing(desk: Desk) -> None:
    await desk.store(status(GatewayState.ONLINE, received_us=NOW_US + S))
    await desk.store(status(GatewayState.OFFLINE, received_us=NOW_US))
    assert desk.rows(STATE) == [("online", "b1", instant(NOW_US + S))]


async def test_a_clock_of_ours_that_was_ahead_does_not_freeze_the_state(desk: Desk) -> None:
    await desk.store(status(GatewayState.ONLINE, received_us=NOW_US + 86_400 * S), health(NOW_US + 86_400 * S, 1.0))
    await desk.store(status(GatewayState.OFFLINE), health(NOW_US, 2.0))
    assert desk.rows(STATE) == [("offline", "b1", instant(NOW_US))]
    assert desk.one("SELECT health_received FROM gateway") == instant(NOW_US)


async def test_a_birth_describes_everything(desk: Desk) -> None:
    await desk.store(birth(QuantityDescription("temperature", "Cel", 60.0), QuantityDescription("humidity", "%RH", 30.0)))
    assert desk.rows("SELECT id, name_vi, name_en, kind FROM site") == [("vp-test", "Trụ sở", "Head office", "office")]
    assert desk.rows("SELECT name_vi, software, boot, state FROM gateway") == [("Cổng 1", "wardroom 0.1", "b1", "unknown")]
    assert desk.rows("SELECT id, name_vi, name_en FROM sensor") == [("air1", "Không khí sảnh", "Lobby air")]
    assert desk.rows("SELECT quantity, unit, period_s FROM series ORDER BY quantity") == [
        ("humidity", "%RH", 30.0),
        ("temperature", "Cel", 60.0),
    ]


async def test_a_birth_describes_series_that_readings_made(desk: Desk) -> None:
    await desk.store(pack(reading()))
    await desk.store(birth(QuantityDescription("temperature", "Cel", 60.0)))
    await desk.store(birth(QuantityDescription("temperature", "Cel", 90.0), name="Cổng mới"))
    assert desk.rows("SELECT period_s FROM series") == [(90.0,)]
    assert desk.rows("SELECT name_vi FROM gateway") == [("Cổng mới",)]


async def test_a_birth_cannot_change_a_unit(desk: Desk) -> None:
    await desk.store(pack(reading(unit="Cel")))
    await desk.store(birth(QuantityDescription("temperature", "K", 60.0), name="Cổng mới"))
    assert desk.rows("SELECT unit, period_s FROM series") == [("Cel", None)]
    assert desk.rows("SELECT reason FROM dead_letter") == [("ingest.changed_unit",)]
    assert desk.rows("SELECT name_vi FROM gateway") == [("Cổng mới",)]


async def test_the_last_heartbeat_is_kept(desk: Desk) -> None:
    await desk.store(health(NOW_US + S, 2.0))
    await desk.store(health(NOW_US, 1.0))
    kept = "SELECT health->'uptime_s', health->'outbox'->'packs', health_received FROM gateway"
    assert desk.rows(kept) == [(2.0, 3, instant(NOW_US + S))]


@pytest.mark.parametrize("name", ["Cổng\0một", "Cổng \u202e1"])
async def test_a_name_nobody_can_read_is_a_dead_letter(desk: Desk, name: str) -> None:
    await desk.store(birth(name=name))
    assert desk.one("SELECT count(*) FROM gateway") == 0
    assert desk.rows("SELECT reason FROM dead_letter") == [("wire.not_json",)]
