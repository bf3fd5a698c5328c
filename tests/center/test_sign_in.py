"""Who may come in, over real HTTP and a real database."""

from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import InvalidStatus

from tests.center.running import PASSWORD, RunningCenter

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
        plain = (await center.sign_in(client)).headers["set-cookie"].lower()
        tls = await client.post(
            "/api/v1/session", json={"account": "administrator", "password": PASSWORD}, headers={"x-forwarded-proto": "https"}
        )

    assert {"httponly", "samesite=strict", "path=/"} <= set(plain.split("; "))
    assert "secure" not in plain
    assert "secure" in tls.headers["set-cookie"].lower()


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
