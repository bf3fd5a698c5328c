"""The command lines of ingest: bad input is one sentence, never a traceback."""

import asyncio
import secrets
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from ingest import migrate
from ingest.settings import Ingest
from tests.ingest.factories import reading, settings, until
from tests.ingest.process import Process
from tests.ingest.wire import GatewayWire
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from wardroom.topics import Gateway

pytestmark = pytest.mark.processes


def wardroom(*arguments: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-c", "from wardroom.cli import main; main()", *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"WARDROOM_LANG": language, "PATH": ""}, timeout=60)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[ingest]\nqueue_mesages = 5\n", "queue_mesages"),  # misspelt
        ("[ingest]\nqueue_messages = 5\n", "queue_messages"),  # too small
        ("[ingest]\nsharing = 'a b'\n", "sharing"),  # no id
        ("[ingests]\n", "ingests"),  # no such section
        ("[ingest\n", "ingest.toml"),  # not TOML
    ],
)
def test_bad_settings_are_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "ingest.toml"
    needed = "[broker]\nusername='a'\npassword='b'\n[database]\nuser='a'\npassword='b'\n[listen]\nport=5000\n"
    file.write_text(needed + text, encoding="utf-8")
    done = wardroom("ingest", "--config", str(file))
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.servers
def test_db_upgrade_and_status_speak(plain_database: TestDatabase, tmp_path: Path) -> None:
    owner = plain_database.owner
    file = tmp_path / "db.toml"
    place = f"host='{owner.host}'\nport={owner.port}\nname='{owner.name}'\n"
    file.write_text(f"[database]\n{place}user='{owner.user}'\npassword='{owner.password.reveal()}'\n", encoding="utf-8")
    names = [each.name for each in migrate.read(migrate.SCHEMA / "tables")]
    pending = wardroom("db", "status", "--config", str(file))
    assert (pending.returncode, pending.stdout) == (0, "".join(f"{name}: still to run; use 'wardroom db upgrade'\n" for name in names))
    assert wardroom("db", "upgrade", "--config", str(file)).stdout == "".join(f"{name}: ran now\n" for name in names)
    assert wardroom("db", "upgrade", "--config", str(file)).stdout == "the schema is up to date\n"
    said = wardroom("db", "status", "--config", str(file), language="vi").stdout
    assert said.startswith("".join(f"{name}: đã chạy\n" for name in names) + "PostgreSQL ")


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "db.toml"
    file.write_text("[database]\nport=1\nuser='nobody'\npassword='secret-word'\n", encoding="utf-8")
    done = wardroom("db", "upgrade", "--config", str(file))
    assert done.returncode == 1
    assert "the database does not answer" in done.stderr
    assert "secret-word" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.servers
def test_an_account_without_rights_is_told_so(plain_spine: TestDatabase, tmp_path: Path) -> None:
    login = plain_spine.ingest
    file = tmp_path / "db.toml"
    place = f"host='{login.host}'\nport={login.port}\nname='{login.name}'\n"
    file.write_text(f"[database]\n{place}user='{login.user}'\npassword='{login.password.reveal()}'\n", encoding="utf-8")
    for command in (["upgrade"], ["backup", str(tmp_path / "ward.zip")]):
        done = wardroom("db", *command, "--config", str(file))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "this account may not do that in the database (code 42501)" in done.stderr


@pytest.mark.servers
def test_rollups_are_compared_only_where_the_schema_is_there(plain_database: TestDatabase, tmp_path: Path) -> None:
    owner = plain_database.owner
    file = tmp_path / "db.toml"
    place = f"host='{owner.host}'\nport={owner.port}\nname='{owner.name}'\n"
    file.write_text(f"[database]\n{place}user='{owner.user}'\npassword='{owner.password.reveal()}'\n", encoding="utf-8")
    done = wardroom("db", "reconcile", "--config", str(file))
    assert (done.returncode, done.stderr) == (
        1,
        "wardroom: the database has not run 001_spine.sql; run 'wardroom db upgrade' as its owner\n",
    )


@pytest.mark.servers
async def test_health_and_metrics(plain_spine: TestDatabase, broker: TestBroker) -> None:
    chosen = settings(plain_spine, broker=broker.broker("ingest"), ingest=Ingest(gaps_every_s=0.2))
    gateway = Gateway(f"site-{secrets.token_hex(4)}", "gw-1")
    process = Process(chosen)
    async with process, httpx.AsyncClient(base_url=f"http://127.0.0.1:{process.port}") as client:
        await process.connected()
        async with GatewayWire(broker, gateway) as wire:
            await wire.send(0, reading())
            await until(lambda: bool(wire.settled))
        answer = await client.get("/healthz")
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert (await client.get("/metrics")).status_code == 401
        async with asyncio.timeout(30):
            while True:  # the gauge of gaps is read from the database now and then
                answer = await client.get("/metrics", headers={"Authorization": "Bearer metrics"})
                if "wardroom_sequence_missing_packs{" in answer.text:
                    break
                await asyncio.sleep(0.1)
    for name in ("duplicates_total", "late_seconds_bucket", "queue_messages", "batch_seconds_bucket", "messages_total"):
        assert f"wardroom_ingest_{name}" in answer.text
    assert f'wardroom_ingest_messages_total{{gateway="{gateway.site}.gw-1",kind="readings",result="stored"}} 1.0' in answer.text
    assert f'wardroom_sequence_missing_packs{{gateway="{gateway.site}.gw-1"}}' in answer.text
