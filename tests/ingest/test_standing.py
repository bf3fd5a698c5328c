"""`wardroom db status` and `reconcile`, as an operator sees them."""

from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from ingest.database_cli import cli
from tests.servers.databases import TestDatabase

pytestmark = pytest.mark.servers


def said(database: TestDatabase, folder: Path, command: str) -> str:
    owner = database.owner
    file = folder / "owner.toml"
    file.write_text(
        f'[database]\nhost = "{owner.host}"\nport = {owner.port}\nname = "{owner.name}"\n'
        f'user = "{owner.user}"\npassword = "{owner.password.reveal()}"\n',
        encoding="utf-8",
    )
    result = CliRunner().invoke(cli, [command, "--config", str(file)], env={"WARDROOM_LANG": "en"})
    assert result.exit_code == 0, result.output
    return result.output


def test_status_says_how_the_storage_stands(database: TestDatabase, tmp_path: Path) -> None:
    assert "003_storage.sql: still to run" in said(database, tmp_path, "status")
    said(database, tmp_path, "upgrade")
    output = said(database, tmp_path, "status")
    assert "003_storage.sql: ran" in output
    assert ("by the week" if database.kind == "postgresql" else "with TimescaleDB") in output
    assert "0 notes of late readings wait" in output
    assert "reading_misdated: 0.0 MB" in output


def test_reconcile_mends_what_differs_and_says_so(plain_database: TestDatabase, tmp_path: Path) -> None:
    said(plain_database, tmp_path, "upgrade")
    with psycopg.connect(plain_database.superuser) as connection:
        connection.execute("SELECT make_reading_partition(now() - INTERVAL '2 days')")
        connection.execute("INSERT INTO reading VALUES (1, now() - INTERVAL '2 days', 21.5, 0, now())")
    assert "differed from the readings in 1 of 1 hours" in said(plain_database, tmp_path, "reconcile")
    assert "say what the readings say: 2 hours and days" in said(plain_database, tmp_path, "reconcile")
