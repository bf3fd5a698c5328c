"""What goes wrong at a desk on the day: keys that are not what they seem, a session that ends, a browser closed too early, a late guest."""

import asyncio
from typing import Final

import httpx
import pytest
import pytest_asyncio
import segno
from playwright.async_api import Browser, Route, expect

from tests.center.running import RunningCenter, eventually
from tests.journeys.desk import desk, is_ready, outcome, sign_in
from tests.journeys.organiser import PHONE
from tests.journeys.reception import Reception
from tests.journeys.screens import SOON_MS

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]
BADGE_BEFORE_THE_CAMERA: Final = """(picture) => {
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const pen = canvas.getContext("2d");
    const badge = new Image();
    badge.src = picture;
    await badge.decode();
    setInterval(() => {
      pen.fillStyle = "#9aa";
      pen.fillRect(0, 0, 640, 480);
      pen.drawImage(badge, 220, 140, 200, 200);
    }, 50);
    return canvas.captureStream(20);
  };
}"""
"""A camera that sees a badge held up at arm's length; the browser's own fake one shows no code."""


@pytest_asyncio.fixture(loop_scope="package")
async def reception(center: RunningCenter, request: pytest.FixtureRequest) -> Reception:
    """An occasion of this test alone."""
    return await Reception.prepare(center, f"ban-{abs(hash(request.node.name)) % 10**9}")


async def test_letters_that_are_no_badge_are_not_sent_as_one(browser: Browser, reception: Reception) -> None:
    async with desk(browser, reception) as shown:
        await shown.page.fill("[name=find]", "jbứy3dpehpk3pxpjbswy3dpêh")
        await shown.page.press("[name=find]", "Enter")
        await expect(shown.page.locator("[data-outcome] .problem")).to_contain_text("Unikey")
        await shown.page.fill("[name=find]", "ngocc")
        await shown.page.press("[name=find]", "Enter")
        await expect(shown.page.locator(".find")).to_contain_text("“ngocc”")

        assert await reception.passages() == []


async def test_a_phones_camera_reads_a_badge_also_in_a_browser_without_a_reader_of_its_own(browser: Browser, reception: Reception) -> None:
    async with desk(browser, reception, PHONE) as shown:
        badge = segno.make(f"{reception.gate}-1-0000", error="m").png_data_uri(scale=8, border=4)
        await shown.page.evaluate(BADGE_BEFORE_THE_CAMERA, badge)
        await shown.page.click("[data-action=camera]")
        await expect(shown.page.locator("dialog [data-outcome][data-result=checked_in]")).to_be_visible(timeout=SOON_MS)

        assert [one["method"] for one in await reception.passages()] == ["code"]


async def test_what_waits_when_the_session_ends_is_sent_by_whoever_signs_in_next(browser: Browser, reception: Reception) -> None:
    async with desk(browser, reception) as shown:
        page = shown.page
        await page.context.set_offline(True)
        await expect(page.locator("[data-link=away]")).to_be_visible(timeout=SOON_MS)
        await page.keyboard.type("do minh duc")
        await page.keyboard.press("Enter")
        await outcome(shown, "waiting")
        cookies = {str(one.get("name")): str(one.get("value")) for one in await page.context.cookies()}
        async with httpx.AsyncClient(base_url=shown.address, cookies=cookies) as client:
            (await client.delete("/api/v1/session")).raise_for_status()
        await page.context.set_offline(False)
        await page.wait_for_url("**/signin/**", timeout=SOON_MS)
        await sign_in(page)
        await expect(page.locator("[data-arrived]")).to_have_text("1", timeout=SOON_MS)

        assert await reception.attendance() == (1, 6)


async def test_a_browser_closed_while_somebody_is_on_the_way_to_the_center_loses_nobody(browser: Browser, reception: Reception) -> None:
    """Meanwhile somebody is put on the list, and is found at the desk without loading it again."""
    async with desk(browser, reception) as shown:
        page = shown.page
        asked = asyncio.Event()

        async def never(_: Route) -> None:
            asked.set()

        await page.route("**/passages", never)
        await page.keyboard.type("ngoc hong")
        await page.keyboard.press("Enter")
        await asked.wait()
        await page.unroute("**/passages")
        await page.goto(page.url)
        await is_ready(page)
        late = {"title": "Đại biểu", "name": "Hoàng Thị Lan", "lists": [reception.in_list]}
        answer = await reception.center.client.post(f"/api/v1/occasions/{reception.occasion}/delegates", json=late)
        answer.raise_for_status()
        await page.fill("[name=find]", "hoang lan")
        await expect(page.locator("#found [role=option]")).to_contain_text("Hoàng Thị Lan", timeout=SOON_MS)

        async def counted() -> bool:
            return await reception.attendance() == (1, 7)

        await eventually(counted)
