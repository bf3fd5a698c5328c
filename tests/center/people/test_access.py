"""Who may, and that it is noted who did: for every operation on people, uploads, enrolments and the log, and for every sign-in."""

import json
import re
from pathlib import Path

import httpx
import pytest

from tests.center.running import RunningCenter
from tests.center.test_access_cli import access, configuration
from tests.project import tree

pytestmark = pytest.mark.servers

TAGS = {"people", "people_photos", "uploads", "enrolments", "audit"}
ID = "01a21a22-6345-7596-ac10-70e6861eaf06"


def operations() -> list[tuple[str, str]]:
    paths = json.loads((tree.ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    return [
        (method.upper(), re.sub(r"\{\w+\}", ID, path))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if TAGS & set(operation.get("tags", ()))
    ]


async def statuses(client: httpx.AsyncClient, token: str | None) -> set[int]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return {(await client.request(method, path, headers=headers)).status_code for method, path in operations()}


async def test_nobody_without_a_right_does_or_sees_anything_of_people(center: RunningCenter) -> None:
    token = (await center.client.post("/api/v1/wall-tokens", json={"label": "Sảnh"})).json()["token"]
    async with center.anonymous() as client:
        wall, nobody = await statuses(client, token), await statuses(client, None)

    assert len(operations()) >= 15
    assert (wall, nobody) == ({403}, {401})


async def test_every_sign_in_password_and_wall_token_is_in_the_log(center: RunningCenter, tmp_path: Path) -> None:
    made = (await center.client.post("/api/v1/wall-tokens", json={"label": "Sảnh"})).json()
    async with center.anonymous() as client:
        await client.post("/api/v1/session", json={"wall_token": made["token"]})
        await center.sign_in(client, "administrator", "wrong")
    await center.client.delete(f"/api/v1/wall-tokens/{made['id']}")
    await center.client.post("/api/v1/password", json={"current": center.password, "new": "another password of a test"})
    access(configuration(tmp_path, center.database), "administrator", "--one-time")
    lines = (await center.room.audit.newest(2**62, 50))[::-1]

    assert [(line.who, line.action) for line in lines] == [
        ("administrator", "session.opened"),
        ("administrator", "wall_token.made"),
        ("screen: Sảnh", "session.opened"),
        ("administrator", "wall_token.revoked"),
        ("administrator", "password.changed"),
        ("command line", "administrator.reset"),
    ]
    assert made["token"] not in str(lines)
    assert (await center.room.audit.verify()).broken is None
