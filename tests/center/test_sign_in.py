"""Who may come in, over real HTTP and a real database."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from websockets.exceptions import InvalidStatus

from center import app as application
from center import server
from center.room import Room
from center.screen import PACE
from center.settings import Center
from tests.center.running import PASSWORD, RunningCenter
from wardroom.errors import AccessError, InvalidMessage

pytestmark = pytest.mark.servers


async def test_one_time_passwords_are_good_for_nothing_but_their_change(center: RunningCenter) -> None:
    password = await center.room.access.administrator("chief", None)
    async with center.anonymous() as client:
        signed = await center.sign_in(client, "chief", password)
        refused = await client.get("/api/v1/sites", headers={"accept-language": "en"})
        page = await client.get("/", headers={"accept": "text/html"})
        with pytest.raises(InvalidStatus):
            async with center.screen(Cookie=f"wardroom_session={client.cookies['wardroom_session']}"):
                pass
        short = await client.post("/api/v1/password", json={"current": password, "new": "short"})
        wrong = await client.post("/api/v1/password", json={"current": "x", "new": PASSWORD})
        changed = await client.post("/api/v1/password", json={"current": password, "new": PASSWORD})
        after = await client.get("/api/v1/sites")

    assert signed.json() == {"account": "chief", "role": "administrator", "must_change_password": True}
    assert (refused.status_code, refused.json()["type"]) == (403, "password-change-required")
    assert page.status_code == 303
    assert (short.status_code, wrong.status_code, changed.status_code, after.status_code) == (422, 403, 204, 200)
    async with center.anonymous() as client:
        assert (await center.sign_in(client, "chief", password)).status_code == 401


async def test_failed_sign_ins_run_out_and_say_for_how_long(center: RunningCenter) -> None:
    async with center.anonymous() as client:
        answers = [await center.sign_in(client, "administrator", f"wrong {number}") for number in range(11)]
        right = await center.sign_in(client)

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert right.status_code == 429


async def test_the_cookie_is_the_browsers_alone(center: RunningCenter) -> None:
    async with center.anonymous() as client:
        plain = await center.sign_in(client)
        forged = await forwarded(client)
    behind = dataclasses.replace(center.room, settings=msgspec.structs.replace(center.settings, center=Center(proxies=("127.0.0.1",))))
    async with proxied(behind) as client:
        tls = await forwarded(client)

    cookie = plain.headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))
    assert ["secure" in answer.headers["set-cookie"].lower() for answer in (plain, forged, tls)] == [False, False, True]
    assert plain.headers["cache-control"] == "no-store"


async def forwarded(client: httpx.AsyncClient) -> httpx.Response:
    signing = {"account": "administrator", "password": PASSWORD}
    return await client.post("/api/v1/session", json=signing, headers={"x-forwarded-proto": "https", "x-forwarded-for": "10.9.8.7"})


def proxied(room: Room) -> httpx.AsyncClient:
    """Return a client of the same center behind uvicorn's own reading of a proxy's headers, as configured."""
    configured = server.config(application.create(room), room.settings.center)
    configured.load()
    return httpx.AsyncClient(transport=httpx.ASGITransport(configured.loaded_app), base_url="http://center.example")


async def test_whoever_says_an_address_of_their_own_is_counted_at_the_one_they_have(center: RunningCenter) -> None:
    async with center.anonymous() as client:
        answers = [
            await client.post(
                "/api/v1/session", json={"account": f"a{number}", "password": "x"}, headers={"x-forwarded-for": f"10.0.0.{number}"}
            )
            for number in range(11)
        ]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


async def test_a_burst_of_sign_ins_gets_no_more_tries_than_one_after_the_other(center: RunningCenter) -> None:
    async with center.anonymous() as client:
        answers = await asyncio.gather(*(center.sign_in(client, "administrator", f"wrong {number}") for number in range(40)))

    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 30


async def test_who_fails_in_an_administrators_name_elsewhere_does_not_lock_them_out(center: RunningCenter) -> None:
    access = center.room.access
    for number in range(31):
        with pytest.raises(AccessError):
            await access.sign_in("administrator", "wrong", f"10.0.0.{number}")
    with pytest.raises(AccessError, match="Too many attempts"):
        await access.sign_in("administrator", PASSWORD, "10.0.1.1")

    async with center.anonymous() as client:  # where the administrator signed in before
        assert (await center.sign_in(client)).status_code == 200


async def test_a_changed_password_gives_a_new_session_and_ends_the_old(center: RunningCenter) -> None:
    old = center.client.cookies["wardroom_session"]
    async with center.screen() as screen:
        await screen.start()
        changed = await center.client.post("/api/v1/password", json={"current": PASSWORD, "new": "another password"})
        async with center.anonymous() as thief:
            stolen = await thief.get("/api/v1/session", headers={"cookie": f"wardroom_session={old}"})
        own = await center.client.get("/api/v1/session")
        await asyncio.sleep(PACE.check_s + 0.5)
        await screen.say(type="ping")
        heard = await screen.hear()

    assert (changed.status_code, stolen.status_code, own.status_code) == (204, 401, 200)
    assert changed.headers["cache-control"] == "no-store"
    assert center.client.cookies["wardroom_session"] != old
    assert heard["type"] == "pong", "the page that changed it goes on"


async def test_a_sessions_token_is_no_bearer_token_however_fresh(center: RunningCenter) -> None:
    token = center.client.cookies["wardroom_session"]
    made = (await center.client.post("/api/v1/wall-tokens", json={"label": "x"})).json()["token"]
    async with center.anonymous() as client:
        right = await client.get("/api/v1/sites", headers={"authorization": f"Bearer {made}"})
        answers = [
            await client.get("/api/v1/sites", headers={"authorization": f"Bearer {token}"}),
            await client.get("/api/v1/sites", headers={"cookie": f"wardroom_session={made}"}),
        ]

    assert right.status_code == 200
    assert [answer.status_code for answer in answers] == [401, 401]


async def test_a_value_the_database_cannot_take_is_a_problem_and_no_bug(center: RunningCenter) -> None:
    for number in ("0/0", "100000000000000000000"):
        with pytest.raises(InvalidMessage, match="more than the database can take"):
            await center.room.database.rows("SELECT (%(number)s || '')::int", {"number": number})
    with pytest.raises(InvalidMessage):
        await center.room.database.change("INSERT INTO wall_token (label, token_hash, created_by) VALUES ('', 'x', 'x')")
    assert center.room.database.reachable


async def test_only_an_administrator_makes_wall_tokens_and_nobody_sees_one_twice(center: RunningCenter) -> None:
    made = (await center.client.post("/api/v1/wall-tokens", json={"label": "Sảnh"})).json()
    listed = await center.client.get("/api/v1/wall-tokens")
    viewer = await center.client.get("/api/v1/wall-tokens", headers={"authorization": f"Bearer {made['token']}"})
    unknown = await center.client.delete("/api/v1/wall-tokens/999")

    assert made["token"] not in listed.text
    assert [one["label"] for one in listed.json()["items"]] == ["Sảnh"]
    assert (viewer.status_code, unknown.status_code) == (403, 404)


async def test_a_body_beyond_all_need_is_not_read(center: RunningCenter) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"x" * 10

    async with center.anonymous() as client:
        large = await client.post("/api/v1/session", content=b"x" * 100_000)
        endless = await client.post("/api/v1/session", content=chunks())

    assert (large.status_code, large.json()["type"]) == (413, "too-large")
    assert (endless.status_code, endless.json()["type"]) == (413, "too-large")
