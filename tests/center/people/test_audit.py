import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import datetime

import psycopg
import pytest

from center.people.audit import START, Audit, Detail, Line, digested
from center.store.database import Database
from tests.servers.databases import TestDatabase
from wardroom.errors import PeopleError, SchemaError

REST = "at, who, action, subject, detail, digest FROM audit"

pytestmark = pytest.mark.servers


@pytest.fixture
async def database(migrated: TestDatabase) -> AsyncIterator[Database]:
    async with Database(migrated.center, connections=4) as opened:
        yield opened


@pytest.fixture
def audit(database: Database) -> Audit:
    return Audit(database)


def tamper(migrated: TestDatabase, query: str) -> None:
    with psycopg.connect(migrated.owner.conninfo(), autocommit=True) as connection:
        connection.execute(query.encode())


async def written(audit: Audit, count: int = 5) -> None:
    for number in range(count):
        await audit.note("an.nguyen", "photo.looked", f"person {number}", photo=str(number), of=number)


async def test_lines_follow_one_another_from_the_first(audit: Audit) -> None:
    await written(audit)
    verdict = await audit.verify()
    newest = await audit.newest(2**62, 2)

    assert (verdict.lines, verdict.last, verdict.broken) == (5, 5, None)
    assert [line.seq for line in newest] == [5, 4]
    assert newest[0].digest == verdict.digest
    assert (newest[0].who, newest[0].action, newest[0].subject) == ("an.nguyen", "photo.looked", "person 4")
    assert newest[0].detail == {"photo": "4", "of": 4}


async def test_an_empty_log_holds(audit: Audit) -> None:
    verdict = await audit.verify()

    assert (verdict.lines, verdict.digest, verdict.broken) == (0, START, None)


TAMPERING = {
    "changed": ("UPDATE audit SET subject = 'nobody' WHERE seq = 3", 3),
    "another time": ("UPDATE audit SET at = at + interval '1 microsecond' WHERE seq = 2", 2),
    "another detail": ("""UPDATE audit SET detail = detail || '{"of": 7}' WHERE seq = 1""", 1),
    "taken out": ("DELETE FROM audit WHERE seq = 3", 4),
    "first taken out": ("DELETE FROM audit WHERE seq = 1", 2),
    "taken out and closed up": ("DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = seq - 1 WHERE seq > 3", 3),
    "put between": (f"UPDATE audit SET seq = 6 WHERE seq = 5; INSERT INTO audit SELECT 5, {REST} WHERE seq = 4", 5),
    "put before": (f"INSERT INTO audit SELECT 0, {REST} WHERE seq = 1", 0),
}


async def test_a_line_changed_taken_out_or_put_in_is_found(audit: Audit, migrated: TestDatabase) -> None:
    found = {}
    for what, (query, _) in TAMPERING.items():
        tamper(migrated, "TRUNCATE audit")
        await written(audit)
        assert (await audit.verify()).broken is None
        tamper(migrated, query)
        found[what] = (await audit.verify()).broken

    assert found == {what: broken for what, (_, broken) in TAMPERING.items()}


async def test_a_cut_end_is_found_by_the_line_that_was_noted_elsewhere(audit: Audit, migrated: TestDatabase) -> None:
    await written(audit)
    noted = await audit.verify()
    held = await audit.stands(noted.last, noted.digest)
    tamper(migrated, "DELETE FROM audit WHERE seq > 3")

    assert held
    assert (await audit.verify()).broken is None
    assert not await audit.stands(noted.last, noted.digest)


async def test_many_centers_that_write_at_once_make_one_chain(audit: Audit, migrated: TestDatabase) -> None:
    async with Database(migrated.center, connections=4) as other:
        second = Audit(other)
        await written(audit, 1)
        await written(second, 1)
        await asyncio.gather(*(written(each) for each in (audit, second, audit, second)))

    verdict = await audit.verify()

    assert (verdict.lines, verdict.broken) == (22, None)


async def test_a_line_is_undone_with_the_transaction_it_was_noted_in(audit: Audit, database: Database) -> None:
    await written(audit, 1)

    async def broken() -> None:
        async with database.transaction() as connection:
            await audit.note("x", "a", "b", within=connection)
            raise LookupError

    with pytest.raises(LookupError):
        await broken()

    assert (await audit.verify()).lines == 1


async def test_the_centers_own_role_cannot_change_or_take_out_a_line(audit: Audit, database: Database) -> None:
    await written(audit, 1)

    for query in ("UPDATE audit SET who = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(SchemaError):
            await database.change(query)


async def test_whatever_a_line_holds_is_read_back_as_it_was_digested(audit: Audit) -> None:
    details: list[Detail] = ["\0 \ud800 \n Nguyễn", "x" * 10_000, 2**60, True, None, ["a", 1], {"ảnh": 1}, "", -1]
    for detail in details:
        await audit.note("x", "a", "b", detail=detail)
    verdict = await audit.verify()

    assert (verdict.lines, verdict.broken) == (len(details), None)


async def test_a_fraction_is_refused_for_it_has_many_spellings(audit: Audit) -> None:
    with pytest.raises(PeopleError, match="float"):
        await audit.note("x", "a", "b", score=0.5)  # type: ignore[arg-type]


def test_the_digest_is_over_canonical_json_and_the_line_before() -> None:
    at = datetime.fromisoformat("2026-11-23T08:00:00.5+07:00")
    line = Line(seq=1, at=at, who="a", action="b", subject="ồ", detail={"y": 1, "x": 2}, digest=b"")
    text = '{"action":"b","at":"2026-11-23T01:00:00.500000+00:00","detail":{"x":2,"y":1},"seq":1,"subject":"ồ","who":"a"}'

    assert digested(START, line) == hashlib.sha256(bytes(32) + text.encode()).digest()
