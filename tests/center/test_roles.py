"""Every operation of the interface × everybody who may ask: who is let in, who is refused. What is not named here is for organisers."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

import httpx
import pytest

from center import app as application
from center.access import ADMINISTRATOR, GATEWAY, OPERATOR, VIEWER
from tests.center.running import PASSWORD, RunningCenter

pytestmark = pytest.mark.servers

NOBODY, WALL = "nobody", "wall"
SIGNED_IN = frozenset({WALL, VIEWER, OPERATOR, ADMINISTRATOR})
EVERYBODY = SIGNED_IN | {NOBODY, GATEWAY}
ORGANISERS = frozenset({OPERATOR, ADMINISTRATOR})
MAY: Mapping[str, frozenset[str]] = {
    "sign_in": EVERYBODY,
    "get_health": EVERYBODY,
    "get_metrics": frozenset(),  # a token of its own
    "get_session": SIGNED_IN,
    "sign_out": SIGNED_IN,
    "change_password": SIGNED_IN,
    "list_sites": SIGNED_IN,
    "list_gateways": SIGNED_IN,
    "list_sensors": SIGNED_IN,
    "list_series": SIGNED_IN,
    "get_readings": SIGNED_IN,
    "get_welcome": SIGNED_IN,
    "get_greeting_photo": SIGNED_IN,
    "make_gateway_token": frozenset({ADMINISTRATOR}),
    "revoke_gateway_token": frozenset({ADMINISTRATOR}),
    "list_wall_tokens": frozenset({ADMINISTRATOR}),
    "make_wall_token": frozenset({ADMINISTRATOR}),
    "revoke_wall_token": frozenset({ADMINISTRATOR}),
    "list_audit": frozenset({ADMINISTRATOR}),
    "get_roster": frozenset({GATEWAY}),
    "get_gallery": frozenset({GATEWAY}),
    "take_evidence": frozenset({GATEWAY}),
}
UUID = "018f0000-0000-7000-8000-000000000001"
PLACES = {"number": "999", "digest": "ab" * 32, "site": "vp", "gateway": "gw-2", "gate": "gate-1"}


def operations() -> list[tuple[str, str, str]]:
    """Return name, method and path of each, its places filled with what is not there."""
    return [
        (operation["operationId"], method.upper(), _filled(path))
        for path, item in application.openapi_document()["paths"].items()
        for method, operation in item.items()
    ]


def _filled(path: str) -> str:
    places = PLACES if "wall-tokens" in path or "number" not in path else PLACES | {"number": UUID}
    return re.sub(r"\{(\w+)\}", lambda found: places.get(found[1], UUID), path)


@pytest.fixture
async def asking(center: RunningCenter) -> AsyncIterator[Mapping[str, httpx.AsyncClient]]:
    """A client for each who may ask."""
    wall = (await center.client.post("/api/v1/wall-tokens", json={"label": "Sảnh"})).json()["token"]
    gateway = (await center.client.post("/api/v1/gateways/vp/gw-1/token")).json()["token"]
    tokens = {WALL: wall, GATEWAY: gateway}
    async with AsyncExitStack() as stack:
        clients = {}
        for who in EVERYBODY:
            client = clients[who] = await stack.enter_async_context(center.anonymous())
            if who in tokens:
                client.headers["authorization"] = f"Bearer {tokens[who]}"
            elif who != NOBODY:
                await center.room.access.account(f"the-{who}", who, PASSWORD)
                assert (await center.sign_in(client, f"the-{who}")).json()["role"] == who
        yield clients


async def test_each_operation_lets_in_whom_it_is_for_and_refuses_all_others(asking: Mapping[str, httpx.AsyncClient]) -> None:
    asked = sorted(operations(), key=lambda one: one[0] == "sign_out")  # which is the last thing that anybody does
    wrong = {}
    for name, method, path in asked:
        for who, client in asking.items():
            status = (await client.request(method, path)).status_code
            refused = 401 if who == NOBODY or name == "get_metrics" else 403
            let_in = who in MAY.get(name, ORGANISERS)
            if (status in {401, 403}) is let_in or (not let_in and status != refused) or status == 500:
                wrong[name, who] = status

    assert wrong == {}
    assert len(asked) > 60


def test_every_name_in_the_table_is_an_operation() -> None:
    assert set(MAY) <= {name for name, _, _ in operations()}
