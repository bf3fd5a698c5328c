import asyncio
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from center.people.audit import Audit
from center.store.database import Database
from tests.center.test_access_cli import access, configuration
from tests.servers.databases import TestDatabase

pytestmark = pytest.mark.servers


async def _written(migrated: TestDatabase) -> None:
    async with Database(migrated.center, connections=1) as database:
        for number in range(3):
            await Audit(database).note("an", "photo.looked", str(number))


def test_the_log_is_verified_by_the_command_line_and_a_change_is_told(migrated: TestDatabase, tmp_path: Path) -> None:
    asyncio.run(_written(migrated))
    file = configuration(tmp_path, migrated)
    whole = access(file, "audit", "verify")
    last = re.search(r"3:[0-9a-f]{64}", whole.stdout)
    assert last
    again = access(file, "audit", "verify", "--noted", last[0])
    other = access(file, "audit", "verify", "--noted", last[0][:-1] + ("0" if last[0][-1] != "0" else "1"))
    with psycopg.connect(migrated.owner.conninfo(), autocommit=True) as connection:
        connection.execute("UPDATE audit SET who = 'binh' WHERE seq = 2")
    changed = access(file, "audit", "verify")

    assert (whole.returncode, again.returncode, other.returncode, changed.returncode) == (0, 0, 1, 1)
    assert "3 lines" in whole.stdout
    assert "Line 2" in changed.stderr
    assert changed.stdout == ""


def test_what_is_no_line_is_one_sentence(migrated: TestDatabase, tmp_path: Path) -> None:
    done = access(configuration(tmp_path, migrated), "audit", "verify", "--noted", "yesterday")

    assert done.returncode == 2
    assert "'yesterday' is no line" in done.stderr


def test_a_key_is_made_by_the_command_line_once(tmp_path: Path) -> None:
    file = tmp_path / "people.key"
    command = [sys.executable, "-c", "from center.access_cli import cli; cli()", "people-key", str(file)]
    first, second = (
        subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env={"WARDROOM_LANG": "en"}) for _ in range(2)
    )

    assert (first.returncode, second.returncode) == (0, 2)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().strip() not in first.stdout + first.stderr + second.stderr
    assert "not there yet" in second.stderr
