"""Everything is closed to the anonymous but a short list: found by asking every route there is."""

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from center import app as application
from center.room import Room
from tests.center.running import METRICS_TOKEN

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
OPEN = {
    ("GET", "/healthz"),
    ("GET", "/signin"),
    ("HEAD", "/signin"),
    ("GET", "/signin/"),
    ("HEAD", "/signin/"),
    ("GET", "/signin/assets/a.js"),
    ("HEAD", "/signin/assets/a.js"),
    ("POST", "/api/v1/session"),
}
BEYOND = (
    "/nothing",
    "/app",
    "/index.html",
    "/checkin",
    "/welcome/g1",
    "/assets/a.js",
    "/signin/assets/a.js",
    "/signin/",
    "/signinx",
    "//signin/",
    "/SIGNIN/",
    "/api/v1/session/",
    "/api/v1",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/%2e%2e/signin/",
    "/healthz/",
    "/healthz/x",
)


def paths(app: FastAPI) -> set[str]:
    """Return a path of every route, places filled."""
    return {re.sub(r"\{[^}]*\}", "1", str(route.path)) or "/" for route in iter_route_contexts(app.routes)}


def asking(room: Room) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(application.create(room)), base_url="http://center.example")


async def upgrade(app: FastAPI, path: str, **headers: str) -> list[dict[str, Any]]:
    """Ask for a WebSocket; return what the center answers."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(message)

    raw = [(b"host", b"center.example"), *((name.encode(), value.encode()) for name, value in headers.items())]
    scope = {"type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": raw, "root_path": ""}
    await app(scope | {"scheme": "ws", "subprotocols": [], "extensions": {"websocket.http.response": {}}}, receive, send)
    return said


def test_the_enumeration_sees_the_routes_there_are(lonely: Room) -> None:
    found = paths(application.create(lonely))

    assert {"/ws", "/healthz", "/metrics", "/signin", "/", "/api/v1/openapi.json", "/api/v1/wall-tokens/1", "/api/v1/readings"} <= found
    assert len(found) >= 14


async def test_no_route_is_open_to_the_anonymous_but_the_listed(lonely: Room) -> None:
    opened = set()
    async with asking(lonely) as client:
        for path in sorted(paths(application.create(lonely)) | set(BEYOND)):
            for method in METHODS:
                answer = await client.request(method, path)
                if answer.status_code not in {401, 403, 405}:
                    opened.add((method, path))

    assert opened == OPEN


@pytest.mark.parametrize("path", ["/ws", "/", "/signin/", "/healthz", "/api/v1/session", "/nothing"])
async def test_no_websocket_is_open_to_the_anonymous(lonely: Room, path: str) -> None:
    said = await upgrade(application.create(lonely), path)

    assert said[0]["type"] == "websocket.http.response.start"
    assert said[0]["status"] == 401


async def test_a_page_asked_for_by_the_anonymous_leads_to_the_signin_and_back(lonely: Room) -> None:
    async with asking(lonely) as client:
        answer = await client.get("/?site=vp-ubnd&x=1", headers={"accept": "text/html,*/*"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/signin/?next=/%3Fsite%3Dvp-ubnd%26x%3D1"


async def test_metrics_answer_only_who_holds_the_token(lonely: Room) -> None:
    async with asking(lonely) as client:
        right = await client.get("/metrics", headers={"authorization": f"Bearer {METRICS_TOKEN}"})
        wrong = await client.get("/metrics", headers={"authorization": "Bearer x"})

    assert (right.status_code, wrong.status_code) == (200, 401)
    assert "wardroom_build_info" in right.text


@pytest.mark.parametrize(
    ("origin", "refused"),
    [
        ("http://center.example", False),
        ("https://center.example", False),  # behind a proxy that ends TLS
        ("http://evil.example", True),
        ("http://center.example.evil.example", True),
        ("http://center.example:8080", True),
        ("file://center.example", True),
        ("null", True),
        ("http://[", True),
        ("http://[::1", True),
        ("//", True),
    ],
)
async def test_a_page_of_another_origin_changes_nothing_and_hears_nothing(lonely: Room, origin: str, *, refused: bool) -> None:
    async with asking(lonely) as client:
        answer = await client.post("/api/v1/session", json={}, headers={"origin": origin})
        harmless = await client.get("/signin/", headers={"origin": origin})
    said = await upgrade(application.create(lonely), "/ws", origin=origin)

    assert (answer.status_code == 403) is refused
    assert (said[0]["status"] == 403) is refused
    assert harmless.status_code == 200


async def test_every_answer_carries_the_headers_that_keep_a_page_to_itself(lonely: Room) -> None:
    async with asking(lonely) as client:
        answers = [await client.get(path) for path in ("/signin/", "/healthz", "/api/v1/sites", "/nothing")]

    for answer in answers:
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_credential_is_not_refused_but_asked_for_later_while_the_database_is_gone(lonely: Room) -> None:
    async with asking(lonely) as client:
        answer = await client.get("/api/v1/sites", headers={"authorization": "Bearer something"})
        health = await client.get("/healthz")

    assert (answer.status_code, answer.json()["type"]) == (503, "storage-gone")
    assert (health.status_code, health.text) == (503, "database: the picture is not loaded yet")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"account":"a"}', b'{"account":"a\\u0000","password":"x"}', b'{"wall_token":"x"}', b"\xff"]
)
async def test_a_sign_in_that_is_none_is_refused_without_repeating_the_secret(lonely: Room, body: bytes) -> None:
    async with asking(lonely) as client:
        answer = await client.post("/api/v1/session", content=body, headers={"content-type": "application/json"})

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


SECRET = "hunter2-hunter2"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f'{{"account":"a","password":"{SECRET}"}}', "text/plain"),
        (f'"{SECRET}"', "application/json"),
        (f'["{SECRET}"]', "application/json"),
        (f'{{"password":["{SECRET}"]}}', "application/json"),
        (f'{{"account":"a","password":"{SECRET}\\ud800"}}', "application/json"),
        (f'{{"account":"a","password":"{SECRET}","\\ud800":1}}', "application/json"),
        (f"account=a&password={SECRET}", "application/x-www-form-urlencoded"),
    ],
)
async def test_what_may_be_a_password_is_never_said_again(lonely: Room, body: str, kind: str) -> None:
    async with asking(lonely) as client:
        answer = await client.post("/api/v1/session", content=body, headers={"content-type": kind})

    assert answer.status_code == 422
    assert SECRET not in answer.text


@pytest.mark.parametrize(("path", "place"), [("/signin", "/signin/"), ("/signin?next=/x%26y", "/signin/?next=/x%26y")])
async def test_the_signin_is_found_without_its_slash(lonely: Room, path: str, place: str) -> None:
    async with asking(lonely) as client:
        answer = await client.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, place)


async def test_nothing_of_the_interface_is_kept_by_a_cache_and_the_pages_are(lonely: Room) -> None:
    async with asking(lonely) as client:
        paths = ("/api/v1/sites", "/api/v1/session", "/api/v1/nothing", "/signin/assets/a.js")
        said = [(await client.get(path)).headers.get_list("cache-control") for path in paths]

    assert said == [["no-store"]] * 3 + [["public, max-age=31536000, immutable"]]
