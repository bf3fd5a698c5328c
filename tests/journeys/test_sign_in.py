"""Nobody sees the wall without being let in, and who is not let in any more is shown the door at once."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.screens import SOON_MS, Screen, screen
from tests.journeys.stack import Stack

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]
SIGN_IN = re.compile(r"/signin/")
CHOSEN = "mot mat khau du dai"


async def _fill(screen: Screen, values: dict[str, str]) -> None:
    for name, value in values.items():
        await screen.page.fill(f"input[name={name}]", value)
    await screen.page.click("button[type=submit]")


async def test_a_stranger_sees_only_the_sign_in_page(stack: Stack, browser: Browser) -> None:
    async with screen(browser, stack.address) as shown:
        for path in ("/", "/assets/index.js", "/anything"):
            await shown.page.goto(stack.address + path)
            await expect(shown.page).to_have_url(SIGN_IN)
        await expect(shown.page.locator("input[name=account]")).to_be_visible()
        await expect(shown.page.locator("[data-site], [data-series]")).to_have_count(0)
        answers = [await shown.page.request.get(f"{stack.address}/api/v1/{kind}") for kind in ("sites", "readings", "wall-tokens")]
        assert {answer.status for answer in answers} == {401}
        closed = "new Promise((done) => { const s = new WebSocket('/ws'); s.onopen = () => done(false); s.onclose = () => done(true); })"
        assert await shown.page.evaluate(closed)


async def test_a_one_time_password_leads_over_a_new_one_to_the_living_wall(stack: Stack, browser: Browser) -> None:
    account, once = stack.administrator
    async with screen(browser, stack.address) as shown:
        await shown.page.goto(stack.address)
        await _fill(shown, {"account": account, "password": "wrong"})
        message = shown.page.locator("[role=alert]")
        await expect(message).to_have_text("Tài khoản hoặc mật khẩu không đúng; hãy kiểm tra cả hai rồi thử lại.")
        await _fill(shown, {"account": account, "password": once})
        await expect(shown.page.locator("input[name=new]")).to_be_visible()
        await shown.page.goto(stack.address)
        await expect(shown.page.locator("input[name=new]")).to_be_visible()
        await _fill(shown, {"current": once, "new": CHOSEN, "again": CHOSEN})
        await shown.shown()
        await expect(shown.page).to_have_url(f"{stack.address}/")
        before = await shown.picture()
        await shown.page.wait_for_timeout(4_000)
        after = await shown.picture()
        moved = [one for one, (_, time, *_) in after["series"].items() if int(time or 0) > int(before["series"][one][1] or 0)]
        assert len(moved) > 20, "values that got newer within four seconds"


async def test_a_wall_link_signs_in_by_itself_and_leaves_no_token_behind(stack: Stack, browser: Browser) -> None:
    async with screen(browser, stack.address) as shown:
        await shown.sign_in(stack.token)
        assert shown.page.url == f"{stack.address}/"
        assert not [url for url in shown.watch.requests if stack.token in url]
        await shown.page.go_back()
        assert stack.token not in shown.page.url


async def test_a_revoked_screen_is_at_the_sign_in_page_within_seconds(stack: Stack, browser: Browser) -> None:
    async with stack.signed_in("second") as administrator, screen(browser, stack.address) as shown:
        made = (await administrator.post("/api/v1/wall-tokens", json={"label": "corridor"})).raise_for_status().json()
        await shown.sign_in(made["token"])
        (await administrator.delete(f"/api/v1/wall-tokens/{made['id']}")).raise_for_status()
        await expect(shown.page).to_have_url(SIGN_IN, timeout=5_000)
        await shown.page.goto(f"{stack.address}/signin/#wall={made['token']}")
        await expect(shown.page.locator("[role=alert]")).to_contain_text("Liên kết màn hình không còn hiệu lực", timeout=SOON_MS)
