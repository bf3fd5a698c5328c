"""REST over real HTTP and a real database."""

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from center import app as application
from tests.center.running import RunningCenter
from tests.center.ward import Ward

pytestmark = pytest.mark.servers


async def test_lists_go_on_page_by_page_to_their_end(center: RunningCenter) -> None:
    center.execute("INSERT INTO site SELECT 's' || lpad(n::text, 2, '0'), 'a', 'b', 'office' FROM generate_series(1, 7) n")
    center.execute("INSERT INTO gateway (site, id, name_vi, name_en) SELECT id, 'gw-' || n, 'a', 'b' FROM site, generate_series(1, 2) n")

    assert [one["id"] for one in await whole(center.client, "/api/v1/sites?limit=3")] == [f"s0{n}" for n in range(1, 8)]
    gateways = await whole(center.client, "/api/v1/gateways?limit=3")
    assert [(one["site"], one["id"]) for one in gateways] == [(f"s0{n}", f"gw-{m}") for n in range(1, 8) for m in (1, 2)]
    assert len(await whole(center.client, "/api/v1/gateways?limit=1&site=s03")) == 2


async def whole(client: httpx.AsyncClient, url: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = await client.get(url, params=httpx.URL(url).params.merge({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page.get("items") or page["points"]
        cursor = page["next"]
        if cursor is None:
            return items


FINE = (
    ("", "raw", 600),  # the last hour, every ten seconds: fits
    ("&points=100", "1m", 100),
    ("&points=30", "1h", 30),
    ("&points=5000&resolution=raw", "raw", 5_000),
    ("&points=10&resolution=1d", "1d", 10),
)


async def test_readings_are_as_fine_as_fits_into_the_points(center: RunningCenter, ward: Ward) -> None:
    ward.seed(back="3 hours")
    for query, resolution, most in FINE:
        answer = (await center.client.get(f"/api/v1/readings?series=1{query}")).json()

        assert (answer["resolution"], answer["series"], answer["next"]) == (resolution, 1, None), query
        assert 0 < len(answer["points"]) <= most, query
        assert 355 <= sum(point["count"] for point in answer["points"]) <= 366 or resolution != "raw", query
        assert all(point["min"] <= point["value"] <= point["max"] for point in answer["points"]), query


async def test_the_hour_before_the_first_there_is_begins_with_it(center: RunningCenter, ward: Ward) -> None:
    ward.seed()
    answer = await center.client.get("/api/v1/readings?series=1&to=0001-01-01T00:30:00Z")

    assert (answer.status_code, answer.json()["points"]) == (200, [])


async def test_pages_of_readings_hold_each_point_once(center: RunningCenter, ward: Ward) -> None:
    ward.seed(back="30 minutes")
    start = datetime.fromtimestamp(time.time() - 3_000, UTC).isoformat().replace("+", "%2B")
    for resolution in ("raw", "1m"):
        url = f"/api/v1/readings?series=1&resolution={resolution}&from={start}&points="
        paged = await whole(center.client, f"{url}7")
        at_once = (await center.client.get(f"{url}5000")).json()["points"]

        assert len(paged) > 20
        assert [point["time"] for point in paged] == [point["time"] for point in at_once]


BAD = (
    ("/api/v1/readings", 422, "invalid-request", "Thiếu series"),
    ("/api/v1/readings?series=x", 422, "invalid-request", "series: 'x' không phải số nguyên"),
    ("/api/v1/readings?series=99", 404, "not-found", "không có chuỗi số đo 99"),
    ("/api/v1/readings?series=99999999999", 422, "invalid-request", "series: 99999999999 quá lớn"),
    ("/api/v1/readings?series=1&points=9999", 422, "invalid-request", "points: 9999 quá lớn"),
    ("/api/v1/readings?series=1&from=2026-01-01T00:00:00", 422, "invalid-request", "thiếu độ lệch"),
    ("/api/v1/readings?series=1&from=yesterday", 422, "invalid-request", "from: 'yesterday'"),
    ("/api/v1/readings?series=1&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", 422, "invalid-request", "không đứng trước"),
    ("/api/v1/readings?series=1&to=0001-01-01T00:00:00Z", 422, "invalid-request", "không đứng trước"),
    ("/api/v1/readings?series=1&resolution=2m", 422, "invalid-request", "resolution: '2m'"),
    ("/api/v1/readings?series=1&cursor=x", 422, "invalid-request", "con trỏ"),
    ("/api/v1/readings?series=1&more=1", 422, "invalid-request", "more không được biết"),
    ("/api/v1/sites?cursor=WzFd", 422, "invalid-request", "con trỏ"),
    ("/api/v1/sites?site=a%00b", 422, "invalid-request", "site: "),
    ("/api/v1/nothing", 404, "not-found", "/api/v1/nothing"),
    ("/nothing", 404, "not-found", "/nothing"),
)


async def test_a_bad_request_is_answered_in_one_sentence(center: RunningCenter, ward: Ward) -> None:
    ward.seed()
    for path, status, kind, sentence in BAD:
        vietnamese = await center.client.get(path)
        english = (await center.client.get(path, headers={"accept-language": "fr, en;q=0.8"})).json()
        problem = vietnamese.json()

        assert (vietnamese.status_code, problem["type"], problem["status"]) == (status, kind, status), path
        assert vietnamese.headers["content-type"] == "application/problem+json"
        assert sentence in problem["detail"]
        assert english["detail"] != problem["detail"], path
        assert not re.search(r"\{[a-z_]+\}", problem["detail"] + english["detail"]), "a place was not filled"


def test_the_openapi_document_needs_no_database_and_its_operations_have_stable_names() -> None:
    document = application.openapi_document()
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]

    assert json.dumps(document)
    assert sorted(ids) == sorted(set(ids))
    assert {"list_sites", "get_readings", "sign_in", "revoke_wall_token"} <= set(ids)
