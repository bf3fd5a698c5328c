import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from center.people.gallery import Faces, sealed
from center.people.vault import Vault
from center.store.database import Database
from tests.servers.databases import TestDatabase
from tests.vision.embeddings import MODEL, random
from wardroom.errors import PeopleError

pytestmark = pytest.mark.servers

KEY = bytes(range(32))
COUNT = 300
ROWS = random(COUNT)


def name(number: int) -> str:
    return f"01a21a22-6345-7596-ac10-{number:012x}"


def nearest(faces: Faces, number: int) -> str | None:
    found = faces.nearest(ROWS[number][None], "nobody")
    return None if found is None else found[0]


@pytest.fixture
async def database(migrated: TestDatabase) -> AsyncIterator[Database]:
    """A database of people with one face each, all of whom agreed."""
    vault = Vault(KEY)
    async with Database(migrated.center, connections=2) as opened:
        async with opened.transaction() as connection, connection.cursor() as cursor:
            people = [(name(number), "A", "a", "test") for number in range(COUNT)]
            faces = [(name(number), name(number), MODEL, sealed(vault, name(number), MODEL, ROWS[number][None])) for number in range(COUNT)]
            await cursor.executemany("INSERT INTO person (id, name, plain, created_by) VALUES (%s, %s, %s, %s)", people)
            await cursor.executemany(
                "INSERT INTO consent (person, kind, given, noted_by) VALUES (%s, 'face', true, 't')", [(p[0],) for p in people]
            )
            await cursor.executemany(
                "INSERT INTO photo (id, person, sealed, report, created_by) VALUES (%s, %s, '', '{}', 't')", [(p[0], p[0]) for p in people]
            )
            await cursor.executemany("INSERT INTO embedding (photo, person, model, sealed) VALUES (%s, %s, %s, %s)", faces)
        yield opened


async def test_everybody_is_in_memory_and_found_and_only_changes_are_told(database: Database) -> None:
    faces = Faces(database, Vault(KEY))
    heard: list[frozenset[str]] = []
    faces.changed.append(heard.append)
    await faces.refresh()
    await faces.refresh()
    await database.change("UPDATE person SET retain_until = now() WHERE id = %(id)s", {"id": name(7)})
    await faces.refresh()

    assert (len(faces), faces.model, faces.dimensions) == (COUNT - 1, MODEL, ROWS.shape[1])
    assert [len(persons) for persons in heard] == [COUNT, 1]
    assert nearest(faces, 3) == name(3)
    assert np.array_equal(faces.faces([name(3), name(7)])[name(3)], ROWS[3][None])


async def test_who_is_forgotten_while_the_table_is_read_does_not_come_back_with_it(database: Database) -> None:
    faces = Faces(database, Vault(KEY))
    await faces.refresh()
    refreshing = asyncio.create_task(faces.refresh())
    await asyncio.sleep(0)
    faces.forget(name(5))
    await refreshing

    assert faces.faces([name(5)]) == {}
    assert nearest(faces, 5) != name(5)


async def test_with_another_key_than_the_databases_it_is_not_known_who_is_enrolled_and_nothing_is_sealed(database: Database) -> None:
    vault = Vault(bytes(32))
    faces = Faces(database, vault)
    await faces.refresh()

    assert (len(faces), faces.dimensions, faces.loaded) == (0, None, False)
    with pytest.raises(PeopleError, match="another key"):
        vault.seal("photo", "1", b"jpeg")

    await database.change("DELETE FROM person")
    await faces.refresh()
    assert faces.loaded
    assert vault.open("photo", "1", vault.seal("photo", "1", b"jpeg")) == b"jpeg"


async def test_of_faces_of_two_keys_the_own_ones_are_known(database: Database) -> None:
    vault = Vault(bytes(32))
    mine = sealed(vault, name(3), MODEL, ROWS[3][None])
    await database.change("UPDATE embedding SET sealed = %(mine)s WHERE photo = %(id)s", {"mine": mine, "id": name(3)})
    await database.change("UPDATE photo SET sealed = %(mine)s", {"mine": vault.seal("photo", "3", b"jpeg")})
    faces = Faces(database, vault)
    await faces.refresh()

    assert (len(faces), faces.loaded) == (1, True)


async def test_without_a_key_nobody_is_in_memory(database: Database) -> None:
    faces = Faces(database, Vault(None))
    await faces.refresh()

    assert len(faces) == 0
