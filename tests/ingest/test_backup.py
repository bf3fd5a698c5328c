"""Backups of a running database: one moment of it, every table of the schema, nothing that lets somebody in."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import psycopg
import pytest

from ingest import backup_file, migrate
from ingest.backup import backup
from ingest.tables import instants
from tests.ingest.test_migrate import copied
from tests.promises import catalogue
from tests.servers.databases import TestDatabase
from wardroom.errors import SchemaError, StorageError

pytestmark = pytest.mark.servers

MANY = """
INSERT INTO latest SELECT n, now(), 1, 0, now(), now() FROM generate_series(100, 60_100) n"""


def text(path: Path, table: str) -> str:
    with backup_file.opened(path) as reader:
        return b"".join(reader.pieces(table)).decode()


def nothing_in(folder: Path) -> bool:
    return not [*folder.iterdir()]


async def test_every_table_is_in_it_but_sessions_and_the_schemas_own_notes(spine: TestDatabase, tmp_path: Path) -> None:
    catalogue.fill(spine)
    with psycopg.connect(spine.owner.conninfo()) as connection:
        connection.execute("INSERT INTO session (token_hash, account, expires) VALUES (sha256('s'), 'op-1', now() + INTERVAL '1 hour')")
        connection.execute(
            "CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, note text, twice bigint GENERATED ALWAYS AS (id * 2) STORED)"
        )
        connection.execute("INSERT INTO later (note) VALUES (E'tab\\there\\\\'), (NULL)")
        there = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^reading_[0-9]'"
        ).fetchall()

    path, manifest = await backup(spine.owner.conninfo(), tmp_path / "ward.zip")

    assert {rows.table for rows in manifest.tables} == {name for (name,) in there} - {"session", "schema_file"}
    assert text(path, "later") == "1\ttab\\there\\\\\n2\t\\N\n"
    assert [rows.columns for rows in manifest.tables if rows.table == "later"] == [("id", "note")]
    assert {rows.table: rows.rows for rows in manifest.tables}["reading"] == 5 * 144
    assert [(file.name, file.checksum) for file in manifest.files] == [
        (file.name, file.checksum) for file in migrate.read(migrate.SCHEMA / "tables")
    ]
    assert (manifest.timescaledb is not None) == (spine.kind == "timescaledb")
    order = [rows.table for rows in manifest.tables]
    assert order.index("account") < len(order)


async def test_it_is_one_moment_while_ingest_goes_on_and_nobody_waits(spine: TestDatabase, tmp_path: Path) -> None:
    catalogue.fill(spine)
    with psycopg.connect(spine.superuser) as connection:
        connection.execute(MANY.encode())
    told = []

    def write_meanwhile(table: str, rows: int) -> None:
        told.append((table, rows))
        with psycopg.connect(spine.ingest.conninfo(), options="-c statement_timeout=2000") as connection:
            connection.execute(f"INSERT INTO site VALUES ('late-{len(told)}', '', '', 'office')".encode())
            connection.execute("INSERT INTO reading SELECT series_id, time, 1, 0, now() FROM reading ON CONFLICT DO NOTHING")
        with (
            psycopg.connect(spine.owner.conninfo(), options="-c lock_timeout=20") as connection,
            pytest.raises(psycopg.errors.LockNotAvailable),
        ):
            connection.execute("DROP TABLE reading")

    _, manifest = await backup(spine.owner.conninfo(), tmp_path / "ward.zip", tell=write_meanwhile)

    assert ("latest", 50_000) in told
    assert {rows.table: rows.rows for rows in manifest.tables}["site"] == 1


async def test_a_folder_gets_a_file_named_by_database_and_time(plain_spine: TestDatabase, tmp_path: Path) -> None:
    path, manifest = await backup(plain_spine.owner.conninfo(), tmp_path)

    assert path.parent == tmp_path
    assert path.name.startswith(f"wardroom-{plain_spine.name}-2")
    assert backup_file.verify(path) == manifest


async def test_an_older_schema_is_saved_before_its_upgrade(plain_database: TestDatabase, tmp_path: Path) -> None:
    await migrate.upgrade(plain_database.owner.conninfo(), copied(tmp_path / "old", 1))

    _, manifest = await backup(plain_database.owner.conninfo(), tmp_path / "ward.zip")

    assert [file.name for file in manifest.files] == ["001_spine.sql"]


async def test_a_database_without_a_schema_is_refused(plain_database: TestDatabase, tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=f"'{plain_database.name}' has no schema, so there is nothing to back up"):
        await backup(plain_database.owner.conninfo(), tmp_path / "ward.zip")

    assert nothing_in(tmp_path)


async def test_a_database_that_dies_meanwhile_leaves_no_file(plain_spine: TestDatabase, tmp_path: Path) -> None:
    with psycopg.connect(plain_spine.superuser) as connection:
        connection.execute(MANY.encode())

    def kill(_table: str, _rows: int) -> None:
        with psycopg.connect(plain_spine.superuser) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wardroom-db'")

    with pytest.raises(StorageError, match="the database does not answer"):
        await backup(plain_spine.owner.conninfo(), tmp_path / "ward.zip", tell=kill)

    assert nothing_in(tmp_path)


def test_instants_of_a_range_meet_every_part_that_does() -> None:
    path = [*instants(*map(catalogue.instant, ("2027-01-03T00:00", "2027-01-04T00:00")))]

    assert [f"{at:%d %H:%M:%S.%f}" for at in path] == ["03 00:00:00.000000", "03 23:59:59.999999"]
    assert len(instants(*map(catalogue.instant, ("2027-01-01T00:00", "2027-01-08T00:00")))) == 8
    assert not [at for at in instants(*map(catalogue.instant, ("2027-01-01T00:00", "2027-01-01T00:00"))) if at.year > 2027]


def config(database: TestDatabase, folder: Path) -> Path:
    login = database.owner
    file = folder / "db.toml"
    place = f"host='{login.host}'\nport={login.port}\nname='{login.name}'\n"
    file.write_text(f"[database]\n{place}user='{login.user}'\npassword='{login.password.reveal()}'\n", encoding="utf-8")
    return file


def wardroom(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = (sys.executable, "-c", "from wardroom.cli import main; main()", "db", *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"WARDROOM_LANG": "en", "PATH": ""}, timeout=60)


def damage(file: Path) -> None:
    """Change what the largest table's rows are packed into."""
    with ZipFile(file) as kept:
        largest = max(kept.infolist(), key=lambda one: one.compress_size)
    assert largest.compress_size > 200
    with file.open("r+b") as damaged:
        damaged.seek(largest.header_offset + 30 + len(largest.filename) + largest.compress_size // 2)
        damaged.write(b"????")


@pytest.mark.processes
def test_the_commands_speak(spine: TestDatabase, tmp_path: Path) -> None:
    catalogue.fill(spine)
    file, owner = tmp_path / "ward.zip", str(config(spine, tmp_path))

    made = wardroom("backup", str(file), "--config", owner)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith(f"{file}: ")
    assert made.stdout.endswith(" UTC, read back and whole\n")
    again = wardroom("backup", str(file), "--config", owner)
    assert (again.returncode, again.stderr) == (1, f"wardroom: {file} exists and stays as it is; choose another name, or a folder\n")
    seen = wardroom("backup", "--verify", str(file))
    assert (seen.returncode, seen.stdout) == (0, made.stdout.replace(": ", ": whole, ", 1).replace(", read back and whole", ""))
    refused = wardroom("restore", str(file), "--config", owner)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"wardroom: the database '{spine.name}' is not empty (there is a table ")
    damage(file)
    for command in (("backup", "--verify", str(file)), ("restore", str(file), "--config", owner)):
        broken = wardroom(*command)
        assert (broken.returncode, broken.stdout) == (1, "")
        assert broken.stderr.startswith(f"wardroom: {file} is no whole backup (")
        assert broken.stderr.count("\n") == 1


@pytest.mark.processes
def test_on_a_terminal_it_says_how_far_it_is(plain_spine: TestDatabase, tmp_path: Path) -> None:
    with psycopg.connect(plain_spine.superuser) as connection:
        connection.execute(MANY.encode())
    command = ("db", "backup", str(tmp_path / "ward.zip"), "--config", str(config(plain_spine, tmp_path)))
    ours, theirs = pty.openpty()
    try:
        line = (sys.executable, "-c", "from wardroom.cli import main; main()", *command)
        subprocess.run(line, stderr=theirs, stdout=subprocess.DEVNULL, check=True, env={"WARDROOM_LANG": "vi", "PATH": ""}, timeout=60)
        shown = os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)

    assert " dòng" in shown
    assert shown.endswith("\r\x1b[K")
