"""The check-in desk in Chromium: by scanner, by name, by exception, taken back, and while the center is away."""

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.center.running import RunningCenter, eventually
from tests.journeys.desk import desk, outcome
from tests.journeys.reception import ELSEWHERE, Reception
from tests.journeys.screens import SOON_MS

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


@pytest_asyncio.fixture(loop_scope="package")
async def reception(center: RunningCenter, request: pytest.FixtureRequest) -> Reception:
    """An occasion of this test alone."""
    return await Reception.prepare(center, f"ban-{abs(hash(request.node.name)) % 10**9}")


async def test_a_name_without_diacritics_and_two_keys_check_in_and_every_desk_sees_it(browser: Browser, reception: Reception) -> None:
    async with desk(browser, reception) as shown, desk(browser, reception) as other:
        await shown.page.keyboard.type("duc")
        await expect(shown.page.locator("#found [role=option]")).to_have_count(2)
        await shown.page.keyboard.press("ArrowDown")
        await shown.page.keyboard.press("Enter")
        await outcome(shown, "checked_in")
        for one in (shown, other):
            await expect(one.page.locator("[data-arrival] >> text=Phạm Văn Đức")).to_be_visible(timeout=SOON_MS)
            await expect(one.page.locator("[data-arrived]")).to_have_text("1", timeout=SOON_MS)
        await shown.page.click("[data-tab=missing]")
        await expect(shown.page.locator("[data-missing]")).to_have_count(5)
        await shown.page.select_option("select[name=delegation]", label="Đảng bộ Công an phường")
        await expect(shown.page.locator("[data-missing]")).to_have_count(1)
        await shown.page.keyboard.press("F2")  # whoever is missing comes in, also while those who leave are noted
        await shown.page.click("[data-missing] button")
        await expect(shown.page.locator("[data-arrived]")).to_have_text("2", timeout=SOON_MS)

        assert await reception.attendance() == (2, 6)


async def test_a_scanner_types_wherever_the_cursor_is_and_repeats_nothing(browser: Browser, reception: Reception) -> None:
    async with desk(browser, reception) as shown:
        for result in ("checked_in", "already"):
            await shown.page.evaluate("document.activeElement.blur()")
            await shown.page.keyboard.type(f"{reception.gate}-1-0000")
            await shown.page.keyboard.press("Enter")
            await outcome(shown, result)
        await shown.page.keyboard.type("99990000")
        await shown.page.keyboard.press("Enter")
        await outcome(shown, "unknown")
        await shown.page.keyboard.press("F2")
        await shown.page.keyboard.type(f"{reception.gate}-1-0000")
        await shown.page.keyboard.press("Enter")
        await outcome(shown, "left")

        assert await reception.attendance() == (1, 6)
        assert [one["method"] for one in await reception.passages()] == ["code"] * 4


async def test_a_refusal_stays_until_it_is_looked_at_and_an_exception_needs_a_reason(browser: Browser, reception: Reception) -> None:
    async with desk(browser, reception) as shown:
        page = shown.page
        await page.keyboard.type("vu hong son")
        await page.keyboard.press("Enter")
        warning = page.locator("[data-warning][data-result=not_on_list]")
        await expect(warning).to_contain_text(ELSEWHERE, timeout=SOON_MS)
        await warning.locator(".danger").click()
        await page.keyboard.press("Escape")
        await expect(warning.locator(".danger")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("[name=reason]")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("dialog .problem")).to_be_visible()
        await page.keyboard.type("Trưởng ban tổ chức đồng ý")
        await page.keyboard.press("Enter")
        await outcome(shown, "checked_in")
        await expect(warning).to_have_count(0)

        newest = (await reception.passages())[0]
        assert (newest["overridden"], newest["reason"], newest["by"]) == (True, "Trưởng ban tổ chức đồng ý", "administrator")


async def test_what_was_wrong_is_taken_back_with_a_reason(browser: Browser, reception: Reception) -> None:
    async with desk(browser, reception) as shown:
        page = shown.page
        await page.keyboard.type("khanh tran")
        await page.keyboard.press("Enter")
        await outcome(shown, "checked_in")
        await page.click("[data-action=undo]")
        await page.keyboard.type("Nhầm người")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-arrival][data-result=undone]")).to_be_visible(timeout=SOON_MS)
        await expect(page.locator("[data-arrived]")).to_have_text("0", timeout=SOON_MS)

        assert await reception.attendance() == (0, 6)


async def test_what_is_done_while_the_center_is_away_waits_and_counts_once(browser: Browser, reception: Reception) -> None:
    async with desk(browser, reception) as shown:
        page = shown.page
        await page.context.set_offline(True)
        await expect(page.locator("[data-link=away]")).to_be_visible(timeout=SOON_MS)
        for name in ("ngoc hong", "do minh duc"):
            await page.keyboard.type(name)
            await page.keyboard.press("Enter")
            await outcome(shown, "waiting")
        await expect(page.locator("[data-waits]")).to_have_count(2)
        await page.context.set_offline(False)
        await expect(page.locator("[data-waits]")).to_have_count(0, timeout=SOON_MS)
        await expect(page.locator("[data-arrived]")).to_have_text("2", timeout=SOON_MS)

        async def counted() -> bool:
            return await reception.attendance() == (2, 6)

        await eventually(counted)
        assert [one["result"] for one in await reception.passages()] == ["checked_in", "checked_in"]


async def test_two_tabs_of_a_desk_lose_nothing_of_what_the_other_wrote_down(browser: Browser, reception: Reception) -> None:
    async with desk(browser, reception) as shown:
        other = await shown.page.context.new_page()
        await other.goto(shown.page.url)
        await expect(other.locator("[data-known]:not([data-known='0'])")).to_be_visible(timeout=SOON_MS)
        await shown.page.context.set_offline(True)
        for tab, name in ((shown.page, "ngoc hong"), (other, "do minh duc")):
            await tab.bring_to_front()
            await tab.fill("[name=find]", name)
            await tab.press("[name=find]", "Enter")
            await expect(tab.locator("[data-outcome][data-result=waiting]")).to_be_visible(timeout=SOON_MS)
        for tab in (shown.page, other):
            await expect(tab.locator("[data-waits]")).to_have_count(2, timeout=SOON_MS)
        await other.close()
        await shown.page.context.set_offline(False)
        await expect(shown.page.locator("[data-arrived]")).to_have_text("2", timeout=SOON_MS)
