import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from center.gateways.quota import GATEWAYS, RECOUNT_S, Quota
from center.people import vault
from center.settings import People
from center.store.database import Database
from tests.center.gateways.test_evidence import brought, jpeg, kept
from tests.center.running import RunningCenter, pages, settings
from tests.edge.factories import SetClock
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from wardroom.errors import StorageFull
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers

HERE = Gateway("hall", "gw-1")
MOST = 10


@pytest.fixture
async def center(migrated: TestDatabase, broker: TestBroker, tmp_path: Path) -> AsyncIterator[RunningCenter]:
    """A center in which a gateway has room for ten best shots."""
    vault.make_key(tmp_path / "people.key")
    made = settings(migrated.center, broker.broker("center"), web=pages(tmp_path / "web"))
    made = msgspec.structs.replace(made, people=People(key=str(tmp_path / "people.key"), evidence_count=MOST))
    async with RunningCenter(made, migrated) as running:
        yield running


async def test_beyond_its_room_a_gateways_shots_are_refused_with_a_hint_and_another_ones_are_not(
    center: RunningCenter, gateway: httpx.AsyncClient
) -> None:
    shots = [jpeg(100 + number) for number in range(MOST + 4)]
    with capture_logs() as logs:
        answers = await asyncio.gather(*(brought(gateway, shot) for shot in shots))
        known = await brought(gateway, shots[[answer.status_code for answer in answers].index(204)])
    other = await center.room.access.make_gateway_token(Gateway("hall", "gw-2"), "a test")
    full = next(shot for shot, answer in zip(shots, answers, strict=True) if answer.status_code == 507)
    theirs = await gateway.post(f"/evidence/{sha256(full).hexdigest()}", content=full, headers={"authorization": f"Bearer {other}"})
    refused = [answer for answer in answers if answer.status_code != 204]

    assert [answer.status_code for answer in refused] == [507] * 4
    assert {answer.headers["retry-after"] for answer in refused} == {"600"}
    assert all("people.evidence_count" in answer.json()["detail"] for answer in refused)
    assert (known.status_code, theirs.status_code) == (204, 204)  # the same one again takes no room
    assert len(kept(center)) == MOST + 1
    assert len([log for log in logs if "no room" in log["event"]]) == 1


async def test_room_is_held_in_bytes_comes_back_with_a_purge_and_from_who_fails(center: RunningCenter) -> None:
    clock = SetClock(monotonic=1_000.0)
    async with Database(center.settings.database, connections=1) as database:
        quota = Quota(database, clock, most_bytes=1_000, most=100)
        center.execute(f"INSERT INTO evidence (digest, site, gateway, sealed) VALUES ('\\x{'ab' * 32}', 'hall', 'gw-1', '\\x{'00' * 400}')")
        with pytest.raises(ZeroDivisionError):
            async with quota.room(HERE, 600):
                raise ZeroDivisionError
        async with quota.room(HERE, 600):
            with pytest.raises(StorageFull):
                async with quota.room(HERE, 1):
                    pass
        center.execute("DELETE FROM evidence")
        with pytest.raises(StorageFull):
            async with quota.room(HERE, 1):
                pass
        clock.seconds += RECOUNT_S
        async with quota.room(HERE, 1_000):
            pass


async def test_no_more_than_a_number_of_gateways_is_remembered(center: RunningCenter) -> None:
    quota = Quota(center.room.database, SetClock(), most_bytes=1_000, most=100)
    for number in range(GATEWAYS + 3):
        async with quota.room(Gateway("hall", f"gw-{number}"), 1):
            pass

    assert len(quota) == GATEWAYS
