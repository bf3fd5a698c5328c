import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from center.people.vault import make_key
from tests.center.running import RunningCenter, eventually
from tests.servers.databases import TestDatabase

pytestmark = pytest.mark.servers


def configuration(folder: Path, database: TestDatabase, **changed: object) -> Path:
    values = {"host": database.host, "port": database.port, "name": database.name, "user": database.center.user}
    lines = [f"{key} = {json.dumps(value)}" for key, value in (values | changed).items()]
    file = folder / "center.toml"
    file.write_text("\n".join(["[database]", *lines, f"password = {json.dumps(database.center.password.reveal())}"]))
    return file


def access(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = "from center.access_cli import cli; cli()"
    command = [sys.executable, "-c", program, *words, "--config", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env={"WARDROOM_LANG": "en"})


async def test_the_administrator_made_by_the_command_line_signs_in_and_can_be_reset(
    center: RunningCenter, migrated: TestDatabase, tmp_path: Path
) -> None:
    file = configuration(tmp_path, migrated)
    first = json.loads(access(file, "administrator", "--one-time").stdout)
    second = json.loads(access(file, "administrator", "--one-time").stdout)

    async with center.anonymous() as client:
        old = await center.sign_in(client, first["account"], first["password"])
        new = await center.sign_in(client, second["account"], second["password"])

    assert set(second) == {"account", "password"}
    assert old.status_code == 401
    assert new.json() == {"account": "administrator", "role": "administrator", "must_change_password": True}


async def test_an_operator_is_made_signs_in_as_one_and_is_out_at_once_when_removed(
    center: RunningCenter, migrated: TestDatabase, tmp_path: Path
) -> None:
    file = configuration(tmp_path, migrated)
    made = json.loads(access(file, "account", "--account", "ban-le-tan", "--one-time").stdout)
    async with center.anonymous() as client:
        signed_in = (await center.sign_in(client, made["account"], made["password"])).json()
        removed = json.loads(access(file, "remove-account", "--account", "ban-le-tan").stdout)
        again = access(file, "remove-account", "--account", "ban-le-tan")
        await eventually(lambda: is_out(client))
        back = await center.sign_in(client, made["account"], made["password"])

    assert (made["role"], signed_in["role"], signed_in["must_change_password"]) == ("operator", "operator", True)
    assert removed == {"account": "ban-le-tan"}
    assert (again.returncode, again.stderr.strip()) == (1, "wardroom: There is no account 'ban-le-tan'.")
    assert back.status_code == 401
    assert {("account.operator", "ban-le-tan"), ("account.removed", "ban-le-tan")} <= {
        (line.action, line.subject) for line in await center.room.audit.newest(2**62, 20)
    }


async def is_out(client: httpx.AsyncClient) -> bool:
    return (await client.get("/api/v1/session")).status_code == 401


def test_an_account_that_cannot_be_is_one_sentence(migrated: TestDatabase, tmp_path: Path) -> None:
    file = configuration(tmp_path, migrated)
    center_itself = access(file, "account", "--account", "Wardroom", "--one-time")
    no_role = access(file, "account", "--account", "lan", "--role", "king", "--one-time")

    assert center_itself.returncode != 0
    assert "the audit log calls the center itself" in center_itself.stderr
    assert no_role.returncode == 2
    assert "Traceback" not in center_itself.stderr + no_role.stderr


async def test_a_screen_is_not_taken_for_the_account_of_its_label_in_the_log(center: RunningCenter) -> None:
    made = (await center.client.post("/api/v1/wall-tokens", json={"label": "administrator"})).json()
    async with center.anonymous() as client:
        await client.post("/api/v1/session", json={"wall_token": made["token"]})
        await client.delete("/api/v1/session")

    assert [(line.who, line.action) for line in await center.room.audit.newest(2**62, 2)] == [
        ("screen: administrator", "session.closed"),
        ("screen: administrator", "session.opened"),
    ]


async def test_a_wall_token_made_by_the_command_line_opens_the_live_interface(
    center: RunningCenter, migrated: TestDatabase, tmp_path: Path
) -> None:
    made = json.loads(access(configuration(tmp_path, migrated), "wall-token", "--label", "Sảnh").stdout)

    async with center.screen(Authorization=f"Bearer {made['token']}") as screen:
        assert (await screen.start())["type"] == "snapshot"


async def test_a_gateways_token_made_by_the_command_line_is_good_until_the_next_one(
    center: RunningCenter, migrated: TestDatabase, tmp_path: Path
) -> None:
    file = configuration(tmp_path, migrated)
    made = [json.loads(access(file, "gateway", "--site", "vp", "--gateway", "gw-1").stdout)["token"] for _ in range(2)]
    async with center.anonymous() as client:
        headers = [{"authorization": f"Bearer {token}"} for token in made]
        answers = [await client.get("/api/v1/gateway/nothing", headers=header) for header in headers]

    assert [answer.status_code for answer in answers] == [401, 404]


@pytest.mark.parametrize(
    ("words", "changed", "sentence"),
    [
        (("administrator", "--one-time"), {"port": 1}, "The database cannot be reached"),
        (("administrator", "--one-time", "--account", "no good"), {}, "account: 'no good' is no account name"),
        (("wall-token", "--label", ""), {}, "label: '' is no label"),
        (("administrator", "--one-time"), {"prot": 1}, "prot"),
        (("gateway", "--site", "vp", "--gateway", "a/b"), {}, "a/b"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    migrated: TestDatabase, tmp_path: Path, words: tuple[str, ...], changed: dict[str, object], sentence: str
) -> None:
    done = access(configuration(tmp_path, migrated, **changed), *words)

    assert done.returncode in {1, 2}
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_after_a_key_was_lost_the_new_one_is_asked_for_before_anything_goes(migrated: TestDatabase, tmp_path: Path) -> None:
    file, key = configuration(tmp_path, migrated), tmp_path / "people.key"
    none = access(file, "people-key-lost", str(key), "--yes")
    make_key(key)
    unsure = access(file, "people-key-lost", str(key))
    sure = access(file, "people-key-lost", str(key), "--yes")

    assert (none.returncode, unsure.returncode, sure.returncode) == (2, 1, 0)
    assert none.stderr.startswith("wardroom: ")
    assert json.loads(sure.stdout) == {"embedding": 0, "photo": 0, "evidence": 0, "badge": 0}
