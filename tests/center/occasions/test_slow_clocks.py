import asyncio

import psycopg
import pytest
from psycopg.types.json import Jsonb

from center.occasions.states import State
from tests.center.occasions.hall import BY, GATEWAY, SITE, Hall
from tests.center.occasions.seen import ago, face, settle
from tests.servers.databases import TestDatabase

pytestmark = pytest.mark.servers

BEHIND_S = 300.0


def heartbeat(database: TestDatabase, skew_s: float | None) -> None:
    """Have the gateway's heartbeat tell how its clock stands, as ingest stores it."""
    with psycopg.connect(database.ingest.conninfo(), autocommit=True) as connection:
        query = "INSERT INTO gateway (site, id, name_vi, name_en, health) VALUES (%s, %s, 'Cổng', 'Gate', %s)"
        connection.execute(query, (SITE, GATEWAY, Jsonb({"clock_skew_s": skew_s})))


async def test_a_gateway_whose_clock_is_behind_loses_nobody_to_the_opening_and_hides_no_revocation(
    hall: Hall, migrated: TestDatabase
) -> None:
    heartbeat(migrated, -BEHIND_S)
    await hall.move(State.REHEARSAL, State.OPEN)
    an, binh = await hall.delegate("Nguyễn Văn An", person=True), await hall.delegate("Trần Thị Bình", person=True)
    await hall.room.checkin.delegates.revoke(BY, binh.id, "mất tư cách")
    await asyncio.sleep(0.2)
    at, received = ago(BEHIND_S + 0.1), ago()

    await settle(hall.room, *[face(one.person, at=at, received=received, late_s=BEHIND_S) for one in (an, binh)])

    rows = await hall.room.database.rows("SELECT delegate, result, received - at < interval '1 second' FROM passage")
    assert sorted(rows) == sorted([(an.id, "checked_in", True), (binh.id, "revoked", True)])


@pytest.mark.parametrize(
    "case",
    [(-BEHIND_S, 1.0, False), (-1.0, BEHIND_S, False), (BEHIND_S, BEHIND_S, False), (None, BEHIND_S, False), (-BEHIND_S, BEHIND_S, True)],
)
async def test_what_was_long_on_the_way_keeps_its_instant(
    hall: Hall, migrated: TestDatabase, case: tuple[float | None, float, bool]
) -> None:
    skew_s, late_s, offline = case
    heartbeat(migrated, skew_s)
    await hall.open()
    an = await hall.delegate("Nguyễn Văn An", person=True)
    at = ago(BEHIND_S)

    await settle(hall.room, face(an.person, at=at, received=ago(), late_s=late_s, offline=offline))

    assert await hall.room.database.rows("SELECT at FROM passage") == [(at,)]
