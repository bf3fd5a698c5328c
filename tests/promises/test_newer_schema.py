"""A program refuses what a newer one made of the database, or saved from it: one sentence that says what to install, and no change."""

import asyncio
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from ingest import migrate
from ingest.backup import backup
from tests.center.running import pages
from tests.ingest.factories import settings as ingest_settings
from tests.ingest.process import toml
from tests.ingest.test_migrate import TABLES, copied
from tests.promises import catalogue
from tests.servers.broker import TestBroker
from tests.servers.databases import DatabaseServer, TestDatabase
from tests.servers.running import Running

pytestmark = [pytest.mark.servers, pytest.mark.processes]

FUTURE = "999_future.sql"


@pytest.fixture
def newer(plain_database: TestDatabase, tmp_path: Path) -> Path:
    """Upgrade the database by a program that has a file more; return that program's schema."""
    folder = copied(tmp_path / "newer", len(TABLES))
    (folder / "tables" / FUTURE).write_text("CREATE TABLE future (id int);", encoding="utf-8")
    asyncio.run(migrate.upgrade(plain_database.owner.conninfo(), folder))
    return folder


def config(database: TestDatabase, broker: TestBroker, folder: Path, role: str) -> Path:
    """Write the settings of a program that signs in to the database as that role."""
    login = getattr(database, role)
    user = "ingest" if role == "owner" else role
    text = toml(replace(ingest_settings(database, broker=broker.broker(user)), database=login))
    file = folder / f"{role}.toml"
    file.write_text(f"{text}\n[center]\nweb = '{pages(folder / 'web')}'\n" if role == "center" else text, encoding="utf-8")
    return file


def wardroom(*arguments: str, language: str = "en") -> "subprocess.CompletedProcess[str]":
    command = (sys.executable, "-c", "from wardroom.cli import main; main()", *arguments)
    environment = {"WARDROOM_LANG": language, "PATH": ""}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)


@pytest.mark.usefixtures("newer")
@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("command", ["db upgrade", "db backup {folder}", "ingest", "center"])
def test_every_program_refuses_a_newer_schema(
    plain_database: TestDatabase, broker: TestBroker, tmp_path: Path, command: str, language: str
) -> None:
    before = catalogue.read(plain_database)
    file = config(plain_database, broker, tmp_path, "owner" if command.startswith("db") else command)

    done = wardroom(*command.format(folder=tmp_path).split(), "--config", str(file), language=language)

    said = [line for line in done.stderr.splitlines() if line.startswith("wardroom: ")]
    assert (done.returncode, len(said)) == (1, 1), done.stderr
    assert FUTURE in said[0]
    assert {"en": "install the newer program", "vi": "hãy cài chương trình mới hơn"}[language] in said[0]
    assert "Traceback" not in done.stderr
    assert catalogue.read(plain_database) == before
    assert not [*tmp_path.glob("*.zip*")]


def test_restore_refuses_a_newer_programs_backup(
    plain_database: TestDatabase, broker: TestBroker, newer: Path, tmp_path: Path, postgresql_server: tuple[DatabaseServer, Running]
) -> None:
    asyncio.run(backup(plain_database.owner.conninfo(), tmp_path / "newer.zip", folder=newer))
    with postgresql_server[0].database() as empty:
        done = wardroom("db", "restore", str(tmp_path / "newer.zip"), "--config", str(config(empty, broker, tmp_path, "owner")))
        with psycopg.connect(empty.superuser) as connection:
            assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"wardroom: {tmp_path}/newer.zip was made by a newer program ({FUTURE}); install that one"
