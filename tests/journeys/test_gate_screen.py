"""The gate's own pages: who comes is greeted by name while the center is away, and a screen without its gateway says so.

The built page is `/welcome/{gate}`'s, served by the gateway; the plain one comes with it.
"""

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from center.routes.static import SHIPPED
from edge.gate_screen import GateScreen
from tests.edge.a_gate import CONGRESS, listed
from tests.edge.test_gate_screen import QUERY, greeting, serving
from tests.edge.waiting import until
from wardroom.gate_list import Theme

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_who_comes_to_the_gate_is_greeted_by_name_and_in_the_occasions_words(browser: Browser) -> None:
    theme = Theme(greeting="Kính chào {title} {name}|{position}, {unit}|Ghế {seat}", idle="Kính chào quý vị", accent="#00ff00")
    hostile = msgspec.structs.replace(greeting("v2"), name="<b id='x'>Trần</b>", position="", unit="", seat="")
    page = await browser.new_page()
    async with serving() as (screen, address):
        screen.follow(listed(occasions=(msgspec.structs.replace(CONGRESS, theme=theme),)))
        await page.goto(f"{address}/cong-1/?{QUERY}&gate=cong-1")
        await expect(page.locator("#heading")).to_have_text("Đại hội")
        await expect(page.locator("#idle")).to_have_text("Kính chào quý vị")
        screen.greet(greeting())
        await expect(page.locator("article strong")).to_have_text("Kính chào Đồng chí Nguyễn Văn An")
        await expect(page.locator("article p")).to_have_text(["Bí thư, Chi bộ 1", "Ghế A1"])
        await expect(page.locator("#idle")).to_be_hidden()
        screen.greet(hostile)
        await expect(page.locator("article")).to_have_count(2)
        await expect(page.locator("article").nth(1)).to_have_text("Kính chào Đồng chí <b id='x'>Trần</b>")
        await expect(page.locator("#lost")).to_be_hidden()
    await expect(page.locator("#lost")).to_be_visible()
    await page.close()


BUILT = str(SHIPPED / "gate")
NAME = "Nguyễn Văn An"


async def opened(browser: Browser, address: str) -> Page:
    """Return a gate's page on which time goes as the test says."""
    page = await browser.new_page()
    await page.clock.install()
    await page.goto(f"{address}/cong-1/?{QUERY}&gate=cong-1")
    await expect(page.get_by_text("Đại hội").first).to_be_visible()
    return page


def cut(screen: GateScreen) -> None:
    """End the lines of all screens; browsers come back by themselves a second later."""
    for one in tuple(screen._screens):
        one.end()


PAGES = [pytest.param(None, "article", id="plain"), pytest.param(BUILT, ".people > *", id="built")]


@pytest.mark.parametrize(("built", "card"), PAGES)
async def test_who_came_while_a_screen_reconnected_is_greeted_and_nobody_twice(browser: Browser, built: str | None, card: str) -> None:
    async with serving(page=built) as (screen, address):
        page = await opened(browser, address)
        await until(lambda: len(screen) == 1)
        screen.greet(greeting("v1"))
        await expect(page.locator(card)).to_have_count(1)
        await page.clock.fast_forward(10_000)
        await expect(page.locator(card)).to_have_count(0)
        cut(screen)
        await until(lambda: len(screen) == 0)
        screen.greet(msgspec.structs.replace(greeting("v2"), name="Trần Thị Bình"))
        await expect(page.locator(card)).to_have_count(1)
        await expect(page.locator(card)).to_contain_text("Trần Thị Bình", ignore_case=True)
        await page.close()


@pytest.mark.parametrize(("built", "lost"), [(None, "#lost"), (BUILT, "[data-lost]")])
@pytest.mark.parametrize("greeted", [False, True])
async def test_a_line_that_was_cut_without_a_word_is_noticed_and_the_page_asks_anew(
    browser: Browser, built: str | None, lost: str, *, greeted: bool
) -> None:
    async with serving(beat_s=60, page=built) as (screen, address):
        page = await opened(browser, address)
        await until(lambda: len(screen) == 1)
        await expect(page.locator(lost)).to_be_hidden()
        if greeted:
            await page.clock.fast_forward(10_000)
            screen.greet(greeting())
            await expect(page.get_by_text(NAME)).to_be_visible()
        before = set(screen._screens)
        await page.clock.fast_forward(14_000)
        assert set(screen._screens) == before  # each word counts as a sign of life
        await page.clock.fast_forward(2_000)
        await page.clock.fast_forward(4_000)
        await until(lambda: len(screen._screens - before) == 1)
        screen.greet(greeting("v2"))
        await expect(page.get_by_text(NAME)).to_be_visible()
        await page.close()
