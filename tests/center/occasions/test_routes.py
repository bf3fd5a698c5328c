"""The organisers' REST over real HTTP: who may, what is said to who may not, and what goes in and comes out."""

import re

import httpx
import pytest

from center import app as application
from tests.center.running import RunningCenter

pytestmark = pytest.mark.servers

TAGS = {"occasions", "checkin_lists", "gates", "delegates", "passages", "strangers"}
FOR_ALL = {"get_welcome"}
PLANNED = {"name": "Đại hội", "starts": "2026-11-26T08:00:00+07:00", "ends": "2026-11-27T17:00:00+07:00"}


def operations() -> list[tuple[str, str]]:
    """Return method and path of everything that only an organiser may do."""
    return [
        (method, re.sub(r"\{[a-z]+\}", "018f0000-0000-7000-8000-000000000001", path.replace("{digest}", "ab" * 32)))
        for path, item in application.openapi_document()["paths"].items()
        for method, operation in item.items()
        if TAGS & set(operation["tags"]) and operation["operationId"] not in FOR_ALL
    ]


async def test_a_screen_may_do_nothing_that_an_organiser_may(center: RunningCenter) -> None:
    token, _ = await center.room.access.make_wall_token("Màn hình cửa 1", "administrator")
    async with httpx.AsyncClient(base_url=center.url, headers={"authorization": f"Bearer {token}"}) as screen:
        answers = {(method, path): (await screen.request(method, path)).status_code for method, path in operations()}
        welcome = await screen.get("/api/v1/gates/gate-1/welcome")

    assert len(answers) >= 17
    assert set(answers.values()) == {403}
    assert welcome.status_code == 404


async def test_an_occasion_is_planned_over_http(center: RunningCenter) -> None:
    made = (await center.client.post("/api/v1/occasions", json=PLANNED)).json()
    place = f"/api/v1/occasions/{made['id']}"
    in_list = (await center.client.post(f"{place}/lists", json={"name": "Khai mạc"})).json()
    gate = await center.client.post(f"{place}/gates", json={"id": "gate-1", "list": in_list["id"], "direction": "in"})
    delegate = await center.client.post(f"{place}/delegates", json={"name": "Nguyễn Văn An", "code": "A-1", "lists": [in_list["id"]]})
    found = (await center.client.get(f"{place}/delegates", params={"q": "an nguyen", "list": in_list["id"], "status": "missing"})).json()
    planned = (await center.client.get(place)).json()

    assert (gate.status_code, delegate.status_code) == (201, 201)
    assert [one["id"] for one in found["items"]] == [delegate.json()["id"]]
    assert found["items"][0]["arrived"] == {in_list["id"]: None}
    assert (planned["state"], planned["delegates"], planned["lists"][0]["expected"]) == ("draft", 1, 1)
    assert [one["id"] for one in (await center.client.get("/api/v1/occasions")).json()["items"]] == [made["id"]]


NONE = "018f0000-0000-7000-8000-000000000001"
REFUSED = (
    ("post", "/api/v1/occasions", PLANNED | {"ends": PLANNED["starts"]}, 422, "không đứng trước"),
    ("post", "/api/v1/occasions", PLANNED | {"name": ""}, 422, "name"),
    ("post", "/api/v1/occasions", PLANNED | {"theme": {"ink": "red"}}, 422, "theme.ink"),
    ("post", "/api/v1/occasions/018f0000-0000-7000-8000-000000000001/state", {"state": "open"}, 404, "Không có sự kiện"),
    ("post", "/api/v1/occasions/018f0000-0000-7000-8000-000000000001/state", {"state": "shut"}, 422, "state"),
    ("get", "/api/v1/lists/018f0000-0000-7000-8000-000000000001/attendance", None, 404, "không có danh sách"),
    ("get", "/api/v1/lists/1/attendance", None, 422, "number"),
    ("get", f"/api/v1/occasions/{NONE}/delegates", None, 404, "Không có sự kiện"),
    ("get", f"/api/v1/occasions/{NONE}/strangers", None, 404, "Không có sự kiện"),
    ("get", f"/api/v1/lists/{NONE}/passages", None, 404, "không có danh sách"),
    ("post", "/api/v1/occasions", PLANNED | {"theme": {"emblem": "data:image/png;base64,AAAA"}}, 422, "theme.emblem không phải ảnh PNG"),
    ("post", f"/api/v1/lists/{NONE}/passages", {"id": "6f1b0f7e-0f6e-4b43-9a3b-000000000000", "method": "code", "code": "A"}, 422, "id"),
)


async def test_what_is_refused_is_said_in_one_sentence(center: RunningCenter) -> None:
    for method, path, body, status, sentence in REFUSED:
        answer = await center.client.request(method, path, json=body)

        assert answer.status_code == status, (path, answer.text)
        assert sentence in answer.json()["detail"]


FAR = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z")


@pytest.mark.parametrize("instant", FAR)
async def test_an_instant_that_nobody_plans_is_refused_and_hides_nothing(center: RunningCenter, instant: str) -> None:
    made = (await center.client.post("/api/v1/occasions", json=PLANNED)).json()
    place = f"/api/v1/occasions/{made['id']}"
    in_list = (await center.client.post(f"{place}/lists", json={"name": "Khai mạc"})).json()["id"]
    asked = [("post", f"{place}/lists", {"name": "B", "starts": instant}), ("post", f"{place}/lists", {"name": "C", "ends": instant})]
    for field in ("starts", "ends"):
        asked += [("post", "/api/v1/occasions", PLANNED | {field: instant}), ("patch", place, {field: instant})]
        asked += [("patch", f"/api/v1/lists/{in_list}", {field: instant})]
    answers = [await center.client.request(method, path, json=body) for method, path, body in asked]
    listed = await center.client.get("/api/v1/occasions")

    assert [answer.status_code for answer in answers] == [422] * len(asked)
    assert all("2000 đến 2099" in answer.json()["detail"] for answer in answers)
    assert [(one["id"], one["starts"], len(one["lists"])) for one in listed.json()["items"]] == [(made["id"], "2026-11-26T01:00:00Z", 1)]


async def test_what_does_not_follow_is_a_conflict(center: RunningCenter) -> None:
    made = (await center.client.post("/api/v1/occasions", json=PLANNED)).json()
    answer = await center.client.post(f"/api/v1/occasions/{made['id']}/state", json={"state": "closed"})

    assert (answer.status_code, answer.json()["type"]) == (409, "conflict")
    assert "'draft'" in answer.json()["detail"]
