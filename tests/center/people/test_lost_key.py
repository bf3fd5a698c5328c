from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from center.people import lost_key
from center.people.audit import Audit
from center.people.gallery import KIND, sealed
from center.people.vault import Vault
from tests.center.occasions.hall import Hall
from tests.center.occasions.rooms import furnished
from tests.center.occasions.seen import PLACE
from tests.servers.databases import TestDatabase
from tests.vision.embeddings import MODEL, random

pytestmark = pytest.mark.servers

_FACE = """
INSERT INTO photo (id, person, sealed, report, created_by) VALUES (%(id)s, %(person)s, %(photo)s, '{}', 't');
"""
_EMBEDDING = "INSERT INTO embedding (photo, person, model, sealed) VALUES (%(id)s, %(person)s, %(model)s, %(face)s)"


@pytest.fixture
async def hall(migrated: TestDatabase, tmp_path: Path) -> AsyncIterator[Hall]:
    """An occasion, and a center's parts with a key."""
    room = furnished(migrated, tmp_path)
    async with room.database:
        yield await Hall.plan(room)


async def enrolled(hall: Hall, vault: Vault, name: str) -> str:
    person = str(await hall.person(name))
    face = sealed(vault, person, MODEL, random(1))
    values = {"id": person, "person": person, "photo": vault.seal("photo", person, b"jpeg"), "model": MODEL, "face": face}
    await hall.room.database.change(_FACE, values)
    await hall.room.database.change(_EMBEDDING, values)
    return person


async def test_what_a_lost_key_sealed_goes_and_what_the_new_one_sealed_stays_and_badges_stay_valid(hall: Hall) -> None:
    lost, database = hall.room.vault, hall.room.database
    await enrolled(hall, lost, "Nguyễn Văn An")
    await hall.delegate("Nguyễn Văn An", code="A-1")
    await hall.room.checkin.shots.keep(bytes(32), PLACE, b"jpeg", model=None, embedding=None)
    new = Vault(bytes(32))
    kept = await enrolled(hall, new, "Trần Thị Bình")

    forgotten = await lost_key.forget(database, new, Audit(database), "organiser")

    assert forgotten == {"embedding": 1, "photo": 1, "evidence": 1, "badge": 1}
    assert await database.rows("SELECT id::text FROM photo") == [(kept,)]
    ((face,),) = await database.rows("SELECT sealed FROM embedding")
    assert new.open(KIND, f"{kept} {MODEL}", face)
    assert await database.rows("SELECT badge_digest IS NOT NULL, badge_sealed FROM delegate") == [(True, None)]
    assert await lost_key.forget(database, new, Audit(database), "organiser") == dict.fromkeys(forgotten, 0)
