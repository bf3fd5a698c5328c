"""The writer: acknowledges only what is stored, waits for the database, and lets no message stop the others."""

import asyncio

import psycopg
import pytest
from uuid6 import uuid7

from ingest import migrate
from ingest.settings import Ingest
from tests.ingest.factories import AT, GATEWAY, NOW_US, Desk, S, message, outcomes, pack, reading, until
from tests.servers.databases import TestDatabase
from tests.servers.running import Running
from wardroom.camera_events import CameraReason, CameraState, CameraStatusData
from wardroom.errors import ConfigError, SchemaError
from wardroom.messages import EventData, Outcome, encode, enveloped
from wardroom.sight_events import Change, FaceUnknownData, ZoneCrowdedData

pytestmark = pytest.mark.servers

POISON = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.value = 666 THEN RAISE division_by_zero; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON reading FOR EACH ROW EXECUTE FUNCTION refuse();
"""
FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON reading FOR EACH ROW EXECUTE FUNCTION full_disk();
"""


def harm(database: TestDatabase, statement: str) -> None:
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        connection.execute(statement.encode())


async def test_nothing_is_acknowledged_or_receipted_before_the_commit(desk: Desk) -> None:
    await desk.writer.open()
    running = asyncio.create_task(desk.writer.run())
    with psycopg.connect(desk.database.superuser) as blocker:
        blocker.execute("LOCK TABLE delivery IN EXCLUSIVE MODE")
        desk.batches.put(pack())
        await asyncio.sleep(0.3)
        desk.receipts.send()
        assert desk.acknowledged == []
        assert desk.published == []
        assert desk.one("SELECT count(*) FROM reading") == 0
    async with asyncio.timeout(30):
        await until(lambda: bool(desk.acknowledged))
    desk.receipts.send()
    assert outcomes(desk.published) == {("b1", 0): Outcome.STORED}
    assert desk.batches.held == 0
    running.cancel()


@pytest.mark.parametrize(
    ("data", "kind", "stored"),
    [
        (
            CameraStatusData("gate", CameraState.OFFLINE, AT, CameraReason.AUTH, "rtsp://10.0.0.5/… grants no access"),
            "vn.wardroom.camera.status.v1",
            {"camera": "gate", "state": "offline", "reason": "auth", "detail": "rtsp://10.0.0.5/… grants no access"},
        ),
        (
            ZoneCrowdedData(camera="gate", zone="hall", crowded=True, count=9, at=AT),
            "vn.wardroom.zone.crowded.v1",
            {"camera": "gate", "zone": "hall", "crowded": True, "count": 9},
        ),
        (
            FaceUnknownData(camera="gate", visit=str(uuid7()), change=Change.NEW, at=AT, reason="low", nearest="lan", nearest_score=0.31),
            "vn.wardroom.face.unknown.v1",
            {"camera": "gate", "change": "new", "nearest": "lan", "nearest_score": 0.31},
        ),
    ],
)
async def test_what_cameras_tell_is_stored_as_it_was_told(desk: Desk, data: EventData, kind: str, stored: dict[str, object]) -> None:
    told = enveloped(data, id=str(uuid7()), source=GATEWAY.prefix, time=AT, offline=False, subject="gate")
    await desk.store(message(GATEWAY.pack("events", "b1", 0), encode(told)))

    [(type_, subject, found)] = desk.rows("SELECT type, subject, data FROM event")
    assert (type_, subject) == (kind, "gate")
    assert isinstance(found, dict)
    assert stored.items() <= found.items()


async def test_a_poisonous_message_ends_in_dead_letter_and_the_others_are_stored(desk: Desk) -> None:
    harm(desk.database, POISON)
    batch = [pack(reading(float(seq), NOW_US + seq), seq=seq) for seq in range(9)]
    batch[4] = pack(reading(666.0, NOW_US + 4), seq=4)
    settled = await desk.store(*batch)
    assert settled == {("b1", seq): Outcome.DEAD_LETTERED if seq == 4 else Outcome.STORED for seq in range(9)}
    assert desk.one("SELECT count(*) FROM reading") == 8
    ((reason, detail, payload),) = desk.rows("SELECT reason, detail, payload FROM dead_letter")
    assert (reason, payload) == ("ingest.refused_by_database", batch[4].envelope.payload)
    assert "22012" in str(detail)


async def test_a_message_that_cannot_even_be_kept_does_not_stop_the_others(desk: Desk) -> None:
    harm(desk.database, "ALTER TABLE dead_letter ADD CHECK (false)")
    bad = message(GATEWAY.pack("readings", "b1", 0), b"?")
    assert await desk.store(bad, pack(seq=1)) == {("b1", 1): Outcome.STORED}


async def test_a_batch_survives_a_database_that_goes_and_comes_back(desk: Desk, database_server: Running) -> None:
    await desk.writer.open()
    await desk.store(pack(reading(1.0)))
    database_server.kill()
    storing = asyncio.create_task(desk.store(pack(reading(2.0, NOW_US + 1), seq=1)))
    async with asyncio.timeout(30):
        await until(lambda: desk.writer.fault is not None)
    await asyncio.sleep(0.5)
    assert not storing.done()
    assert desk.writer.fault is not None
    database_server.start()
    async with asyncio.timeout(20):
        assert await storing == {("b1", 1): Outcome.STORED}
    assert desk.writer.fault is None
    assert desk.rows("SELECT value FROM reading ORDER BY time") == [(1.0,), (2.0,)]


async def test_an_ingest_that_starts_before_its_database_waits_for_it(desk: Desk, database_server: Running) -> None:
    database_server.stop()
    opening = asyncio.create_task(desk.writer.open())
    await until(lambda: desk.writer.fault is not None)
    await asyncio.sleep(0.5)
    still_waits = not opening.done()
    database_server.start()
    await asyncio.wait_for(opening, 20)

    assert still_waits
    assert desk.writer.fault is None


async def test_a_full_database_is_waited_for(desk: Desk) -> None:
    harm(desk.database, FULL)
    storing = asyncio.create_task(desk.store(pack()))
    async with asyncio.timeout(30):
        await until(lambda: desk.writer.fault is not None)
    assert desk.writer.fault is not None
    assert desk.writer.fault.key == "ingest.database_full"
    assert not storing.done()
    harm(desk.database, "DROP TRIGGER full_disk ON reading")
    async with asyncio.timeout(30):
        assert await storing == {("b1", 0): Outcome.STORED}


async def test_a_statement_that_hangs_is_given_up_and_tried_again(plain_spine: TestDatabase) -> None:
    desk = Desk(plain_spine, Ingest(statement_timeout_s=1.0))
    await desk.writer.open()
    with psycopg.connect(plain_spine.superuser) as blocker:
        blocker.execute("LOCK TABLE delivery IN EXCLUSIVE MODE")
        storing = asyncio.create_task(desk.store(pack()))
        await until(lambda: desk.writer.fault is not None)
    async with asyncio.timeout(30):
        assert await storing == {("b1", 0): Outcome.STORED}
    await desk.session.close()


async def test_a_message_that_is_too_much_work_ends_in_dead_letter(plain_spine: TestDatabase) -> None:
    harm(plain_spine, POISON.replace("RAISE division_by_zero", "PERFORM pg_sleep(5)"))
    desk = Desk(plain_spine, Ingest(statement_timeout_s=1.0))
    batch = [pack(reading(666.0 if seq == 1 else 1.0, NOW_US + seq), seq=seq) for seq in range(3)]
    async with asyncio.timeout(30):
        settled = await desk.store(*batch)
    assert settled == {("b1", 0): Outcome.STORED, ("b1", 1): Outcome.DEAD_LETTERED, ("b1", 2): Outcome.STORED}
    assert desk.one("SELECT reason FROM dead_letter") == "ingest.too_heavy"
    await desk.session.close()


async def test_two_writers_of_the_same_series_neither_deadlock_nor_count_twice(plain_spine: TestDatabase) -> None:
    sharing = Ingest(sharing="pair")
    first, second = Desk(plain_spine, sharing), Desk(plain_spine, sharing)
    readings = [[reading(float(n), NOW_US + n, sensor=f"s{n % 7}") for n in range(50)] for _ in range(2)]
    for seq in range(20):
        forward, backward = pack(*readings[0], seq=seq), pack(*reversed(readings[1]), seq=seq, boot="b2")
        await asyncio.gather(first.store(forward), second.store(backward))
    assert first.rows("SELECT count(*), count(DISTINCT (series_id, time)) FROM reading") == [(50, 50)]
    assert first.one("SELECT count(*) FROM dead_letter") == 0
    assert first.one("SELECT sum(count)::int FROM delivery_boot") == 40
    await first.session.close()
    await second.session.close()


async def test_a_second_lone_writer_is_refused_and_a_mixture_too(plain_spine: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.session._PATIENCE_S", 0.3)
    alone = Desk(plain_spine)
    await alone.writer.open()
    with pytest.raises(ConfigError, match=r"ingest.sharing: another ingest writes to database") as refused:
        await Desk(plain_spine).writer.open()
    assert "dừng" in refused.value.sentence("vi")
    with pytest.raises(ConfigError, match=r"a lone ingest writes to database .* 'pair' cannot share"):
        await Desk(plain_spine, Ingest(sharing="pair")).writer.open()
    await alone.session.close()
    sharing = Desk(plain_spine, Ingest(sharing="pair"))
    await sharing.writer.open()
    await sharing.session.close()


async def test_a_database_without_the_schema_stops_the_start(plain_database: TestDatabase) -> None:
    with pytest.raises(SchemaError, match=r"001_spine.sql; run 'wardroom db upgrade'|schema does not fit"):
        await Desk(plain_database).writer.open()


async def test_a_schema_newer_than_the_program_stops_the_start(plain_spine: TestDatabase) -> None:
    harm(plain_spine, "INSERT INTO schema_file (name, checksum) VALUES ('999_future.sql', 'x')")
    with pytest.raises(SchemaError, match=r"999_future.sql, which this program does not know"):
        await Desk(plain_spine).writer.open()
    assert len(migrate.read(migrate.SCHEMA / "tables")) < 999


OTHER_NUMBERS = """
ALTER TABLE series ALTER id SET GENERATED BY DEFAULT;
UPDATE series SET id = id + 1000;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'wardroom-ingest'"""
"""As if the database were another one, restored from a backup, when the connection comes back."""


async def test_what_was_made_ready_before_the_connection_was_lost_is_made_anew(plain_spine: TestDatabase) -> None:
    desk = Desk(plain_spine, Ingest(batch_messages=1))
    await desk.store(pack(reading(0.0, NOW_US - S)))
    with psycopg.connect(plain_spine.superuser) as other:
        other.execute("LOCK TABLE delivery")
        desk.batches.put(pack(reading(1.0), seq=1))
        writing = asyncio.create_task(desk.writer.run())
        await until(lambda: desk.one("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1)
        desk.batches.put(pack(reading(2.0, NOW_US + S), seq=2))
        await asyncio.sleep(0.2)  # it is made ready while the first waits
        other.execute(OTHER_NUMBERS)
    await until(lambda: desk.batches.held == 0)
    writing.cancel()
    assert desk.rows("SELECT value FROM reading JOIN series ON id = series_id ORDER BY value") == [(1.0,), (2.0,)]
    await desk.session.close()
