"""The gate's own plain page: who comes is greeted by name while the center is away, and a screen without its gateway says so."""

import msgspec
import pytest
from playwright.async_api import Browser, expect

from tests.edge.a_gate import CONGRESS, listed
from tests.edge.test_gate_screen import QUERY, greeting, serving
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


async def test_a_line_that_was_cut_without_a_word_is_noticed_and_the_page_asks_anew(browser: Browser) -> None:
    page = await browser.new_page()
    await page.clock.install()
    async with serving(beat_s=60) as (screen, address):
        await page.goto(f"{address}/cong-1/?{QUERY}&gate=cong-1")
        await expect(page.locator("#heading")).to_have_text("Đại hội")
        await expect(page.locator("#lost")).to_be_hidden()
        await page.clock.fast_forward(16_000)
        await expect(page.locator("#lost")).to_be_visible()
        await page.clock.fast_forward(4_000)
        await expect(page.locator("#lost")).to_be_hidden()
        screen.greet(greeting())
        await expect(page.locator("article strong")).to_contain_text("Nguyễn Văn An")
    await page.close()
