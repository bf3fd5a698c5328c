"""Best shots that come during or after the erasure of whom they show."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from center.people import late_shots, vault
from center.people.late_shots import LateShots
from center.settings import People
from tests.center.gateways.test_evidence import jpeg
from tests.center.people.occasions import Occasion
from tests.center.people.organiser import Organiser
from tests.center.running import RunningCenter, pages, settings
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers

SAID = """
INSERT INTO event (source, id, site, gateway, type, time, received, offline, data)
VALUES ('ward/vp/gw', '{id}', 'vp', 'gw', 'vn.wardroom.face.recognized.v1', now(), now(), false,
        '{{"person": "{person}", "evidence": "{digest}"}}');
"""
PASSED = """
INSERT INTO passage (id, occasion, list, delegate, direction, method, result, at, evidence)
VALUES ('{id}', '{occasion}', '{list}', {delegate}, 'in', 'face', 'not_on_list', now(), '\\x{digest}');
"""


@pytest.fixture
async def center(migrated: TestDatabase, broker: TestBroker, tmp_path: Path) -> AsyncIterator[RunningCenter]:
    """A center with a key and no eyes."""
    vault.make_key(tmp_path / "people.key")
    made = replace(settings(migrated.center, broker.broker("center"), web=pages(tmp_path)), people=People(key=str(tmp_path / "people.key")))
    async with RunningCenter(made, migrated) as running:
        yield running


@pytest.fixture
def here(center: RunningCenter) -> Organiser:
    return Organiser(center, None)  # type: ignore[arg-type]  # shows no photos


@pytest.fixture
async def gateway(center: RunningCenter) -> AsyncIterator[httpx.AsyncClient]:
    token = await center.room.access.make_gateway_token(Gateway("vp", "gw"), "a test")
    async with httpx.AsyncClient(base_url=center.url, headers={"authorization": f"Bearer {token}"}, timeout=30) as client:
        yield client


def digest(shot: bytes) -> str:
    return sha256(shot).hexdigest()


async def bring(gateway: httpx.AsyncClient, *shots: bytes) -> list[int]:
    return [(await gateway.post(f"/api/v1/gateway/evidence/{digest(shot)}", content=shot)).status_code for shot in shots]


def say(here: Organiser, person: str, shot: bytes) -> None:
    """Store a gateway's event that a picture shows somebody."""
    here.center.execute(SAID.format(id=uuid.uuid4(), person=person, digest=digest(shot)))


def pass_by(here: Organiser, occasion: Occasion, shot: bytes, delegate: str | None) -> None:
    who = "NULL" if delegate is None else f"'{delegate}'"
    here.center.execute(PASSED.format(id=uuid.uuid4(), occasion=occasion.id, list=occasion.list, delegate=who, digest=digest(shot)))


async def kept(here: Organiser) -> set[str]:
    return {row[0] for row in await here.rows("SELECT encode(digest, 'hex') FROM evidence")}


async def test_a_shot_that_was_told_of_before_the_erasure_is_let_go_when_it_comes_and_another_ones_is_not(
    here: Organiser, gateway: httpx.AsyncClient
) -> None:
    told, here_already, shared, foreign = (jpeg(100 + number) for number in range(4))
    person, occasion = await here.person(), Occasion(here.center)
    mine, theirs = occasion.delegate("Một", person=person), occasion.delegate("Hai", person=await here.person("Đại biểu Hai"))
    pass_by(here, occasion, told, mine)
    for shot in (here_already, shared):
        say(here, person, shot)
    pass_by(here, occasion, shared, theirs)
    assert await bring(gateway, here_already) == [204]
    erased = (await here.asks("DELETE", f"/people/{person}")).json()
    answers = await bring(gateway, told, here_already, shared, foreign)

    assert (erased["rows"]["evidence"], erased["left"]["evidence"], erased["awaited"]) == (1, 0, 1)
    assert answers == [204] * 4  # the gateway lets go of each
    assert await kept(here) == {digest(shared), digest(foreign)}


async def test_a_shot_whose_event_comes_after_the_erasure_goes_too_and_it_is_in_the_audit_log(
    here: Organiser, gateway: httpx.AsyncClient
) -> None:
    first, later, shared = (jpeg(100 + number) for number in range(3))
    person, occasion = await here.person(), Occasion(here.center)
    other = occasion.delegate("Hai")
    late = here.center.room.people.late_shots
    assert (await here.asks("DELETE", f"/people/{person}")).json()["awaited"] == 0
    await bring(gateway, first, shared)
    for shot in (first, later, shared):
        say(here, person, shot)
    pass_by(here, occasion, first, None)
    pass_by(here, occasion, shared, other)
    counts = [await late.round(), await late.round()]
    await bring(gateway, later)

    assert counts == [1, 0]
    assert await kept(here) == {digest(shared)}
    assert await here.rows("SELECT count(evidence) FROM passage") == [(1,)]
    assert "best_shots.erased" in await here.audited("late")
    assert (await here.center.room.audit.verify()).broken is None


async def test_a_shot_that_comes_while_its_person_is_erased_waits_for_the_end_of_it(here: Organiser, gateway: httpx.AsyncClient) -> None:
    shot = jpeg()
    async with here.center.room.database.transaction() as connection:
        await late_shots.alone(connection)
        bringing = asyncio.create_task(bring(gateway, shot))
        await asyncio.sleep(0.5)
        waited = not bringing.done()
        await late_shots.remember(connection, str(uuid.uuid4()), [bytes.fromhex(digest(shot))])
    answers = await bringing

    assert (waited, answers, await kept(here)) == (True, [204], set())


async def test_a_gateway_is_told_to_come_again_where_an_erasure_takes_long(here: Organiser, gateway: httpx.AsyncClient) -> None:
    async with here.center.room.database.transaction() as connection:
        await late_shots.alone(connection)
        answers = await bring(gateway, jpeg())

    assert (answers, await bring(gateway, jpeg())) == ([503], [204])


async def test_who_was_erased_is_forgotten_after_a_time_and_beyond_a_number(here: Organiser) -> None:
    old = "INSERT INTO erased_person VALUES (gen_random_uuid(), now() - interval '{age} days'), (gen_random_uuid(), now())"
    here.center.execute(old.format(age=401))
    ages = "SELECT sha256(n::text::bytea), now() - make_interval(days => n) FROM generate_series(397, 403, 2) n"
    here.center.execute(f"INSERT INTO erased_shot {ages}")
    await LateShots(here.center.room.database, here.center.room.audit).round()
    by_age = await here.rows("SELECT (SELECT count(*) FROM erased_person), (SELECT count(*) FROM erased_shot)")
    await LateShots(here.center.room.database, here.center.room.audit, most=1).round()
    by_number = await here.rows("SELECT (SELECT count(*) FROM erased_person), (SELECT count(*) FROM erased_shot)")

    assert (by_age, by_number) == ([(1, 2)], [(1, 1)])
