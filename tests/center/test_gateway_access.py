"""A gateway's token opens what gateways ask and nothing else; nobody else opens that. Found by asking every route there is."""

import httpx
import pytest
from fastapi import FastAPI
from websockets.exceptions import InvalidStatus

from center import app as application
from tests.center.running import RunningCenter
from tests.center.test_guard import BEYOND, METHODS, OPEN, paths

pytestmark = pytest.mark.servers

OWN = "/api/v1/gateway/"


async def token(center: RunningCenter, gateway: str = "gw-1") -> str:
    answer = await center.client.post(f"/api/v1/gateways/vp/{gateway}/token")
    assert answer.status_code == 201
    return str(answer.json()["token"])


def routes(app: FastAPI) -> list[str]:
    return sorted(
        paths(app) | set(BEYOND) | {f"{OWN}nothing", f"{OWN}%2e%2e/%2e%2e/%2e%2e/index.html", f"{OWN}%2e%2e/sites", "/api/v1/gateway"}
    )


async def test_a_gateway_comes_no_further_than_its_own_routes(center: RunningCenter) -> None:
    header = {"authorization": f"Bearer {await token(center)}"}
    reached = set()
    transport = httpx.ASGITransport(application.create(center.room))
    async with httpx.AsyncClient(transport=transport, base_url=center.url, headers=header) as client:
        for path in routes(application.create(center.room)):
            reached |= {(method, path) for method in METHODS if (await client.request(method, path)).status_code != 403}

    assert {one for one in reached if not one[1].startswith(OWN) or "%2e" in one[1]} <= OPEN | {("GET", "/metrics")}
    assert ("GET", f"{OWN}nothing") in reached
    with pytest.raises(InvalidStatus):
        async with center.screen(Authorization=header["authorization"]):
            pass


async def test_nobody_else_comes_to_a_gateways_routes(center: RunningCenter) -> None:
    wall = (await center.client.post("/api/v1/wall-tokens", json={"label": "Sảnh"})).json()["token"]
    async with center.anonymous() as client:
        asked = [
            await center.client.get(f"{OWN}nothing"),
            await client.get(f"{OWN}nothing", headers={"authorization": f"Bearer {wall}"}),
            await client.get(f"{OWN}nothing"),
        ]

    assert [answer.status_code for answer in asked] == [403, 403, 401]


async def test_only_an_administrator_makes_a_gateways_token_and_the_old_one_ends_at_once(center: RunningCenter) -> None:
    old = await token(center)
    async with center.anonymous() as client:
        before = await client.get(f"{OWN}nothing", headers={"authorization": f"Bearer {old}"})
        new = await token(center)
        after = await client.get(f"{OWN}nothing", headers={"authorization": f"Bearer {old}"})
        other = await client.get(f"{OWN}nothing", headers={"authorization": f"Bearer {new}"})
        signed = await client.post("/api/v1/session", json={"wall_token": new})
        by_itself = await client.post("/api/v1/gateways/vp/gw-1/token", headers={"authorization": f"Bearer {new}"})
        wrong = await center.client.post("/api/v1/gateways/vp/a.b/token")

    assert [answer.status_code for answer in (before, after, other)] == [404, 401, 404]
    assert (signed.status_code, by_itself.status_code, wrong.status_code) == (401, 403, 422)


async def test_an_administrator_takes_a_gateways_token_back_and_its_next_word_is_refused(center: RunningCenter) -> None:
    place = "/api/v1/gateways/vp/gw-1/token"
    mine, other = (
        {"authorization": f"Bearer {await token(center)}"},
        {"authorization": f"Bearer {await token(center, 'gw-2')}"},
    )
    async with center.anonymous() as client:
        before = await client.get(f"{OWN}nothing", headers=mine)
        by_itself = await client.delete(place, headers=mine)
        unsigned = await client.delete(place)
        revoked = await center.client.delete(place)
        after = [await client.get(f"{OWN}nothing", headers=header) for header in (mine, other)]
        again = await center.client.delete(place, headers={"accept-language": "en"})
        fresh = await client.get(f"{OWN}nothing", headers={"authorization": f"Bearer {await token(center)}"})
    lines = (await center.client.get("/api/v1/audit")).json()["items"]

    assert [answer.status_code for answer in (before, by_itself, unsigned, revoked)] == [404, 403, 401, 204]
    assert [answer.status_code for answer in after] == [401, 404]
    assert (again.status_code, "vp/gw-1" in again.json()["detail"], fresh.status_code) == (404, True, 404)
    said = [line["who"] for line in lines if (line["action"], line["subject"]) == ("gateway_token.revoked", "vp/gw-1")]
    assert said == ["administrator"]
