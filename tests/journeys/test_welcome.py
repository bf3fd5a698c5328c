"""A gate's welcome screen in Chromium: who comes in is greeted, nobody is passed over, and it never shows a hole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.center.running import RunningCenter
from tests.journeys.reception import DELEGATES, LONG, Reception
from tests.journeys.screens import SOON_MS, Screen, screen

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]
ULTRA_HD: Final = (3840, 2160)
UPRIGHT: Final = (1080, 1920)
GATE: Final = "cong-chao"
NAMES: Final = [name for _, name, *_ in DELEGATES]
OUTSIDE: Final = """() => [...document.querySelectorAll("[data-greeting] p, [data-greeting] img")].filter((one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return [...range.getClientRects()].some((box) => box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight);
}).map((one) => one.textContent)"""
CROSSING: Final = """() => {
  const boxes = [...document.querySelectorAll("[data-greeting] .words, header .titles")].map((one) => one.getBoundingClientRect());
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  return boxes.filter((one, at) => boxes.some((other, place) => place > at && !apart(one, other))).length;
}"""
SMALLEST: Final = """() => Math.min(
  ...[...document.querySelectorAll("[data-name]")].map((one) => parseFloat(getComputedStyle(one).fontSize)),
) / innerHeight"""


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def token(center: RunningCenter) -> str:
    """A wall's token: all that a welcome screen has."""
    made = await center.client.post("/api/v1/wall-tokens", json={"label": "welcome"})
    return str(made.json()["token"])


@pytest_asyncio.fixture(loop_scope="package")
async def reception(center: RunningCenter, request: pytest.FixtureRequest) -> Reception:
    """An occasion of this test alone."""
    return await Reception.prepare(center, f"{GATE}-{abs(hash(request.node.name)) % 10**9}")


@asynccontextmanager
async def welcoming(browser: Browser, reception: Reception, token: str, size: tuple[int, int] = (1920, 1080)) -> AsyncIterator[Screen]:
    async with screen(browser, reception.center.url, size) as shown:
        await shown.page.goto(f"{shown.address}/signin/?next=/welcome/{reception.gate}#wall={token}")
        await shown.page.wait_for_selector("html[data-connection=live]", state="attached", timeout=SOON_MS)
        await expect(shown.page.locator("[data-idle]")).to_be_visible(timeout=SOON_MS)
        yield shown


async def test_who_comes_in_is_greeted_by_name_position_unit_and_seat(browser: Browser, reception: Reception, token: str) -> None:
    async with welcoming(browser, reception, token) as shown:
        await expect(shown.page.locator("[data-idle]")).to_contain_text("Hội trường lớn")
        await reception.enter(NAMES[0])
        card = shown.page.locator("[data-greeting]")
        await expect(card).to_contain_text("NGUYỄN THỊ HỒNG NGỌC", timeout=SOON_MS)
        said = await card.inner_text()

        assert [word for word in ("Trân trọng chào mừng Đại biểu", *DELEGATES[0][2:4], "Ghế A-12") if word not in said] == []
        assert await card.locator("img").count() == 0
        await expect(shown.page.locator("[data-idle]")).to_be_visible(timeout=SOON_MS)


@pytest.mark.parametrize("size", [(1920, 1080), ULTRA_HD, UPRIGHT], ids=["full HD", "4K", "upright"])
async def test_four_at_once_have_all_their_words_inside_the_picture(
    browser: Browser, reception: Reception, token: str, size: tuple[int, int]
) -> None:
    async with welcoming(browser, reception, token, size) as shown:
        for count in (1, 2, 4):
            await reception.enter(*{1: [LONG], 2: NAMES[3:4], 4: NAMES[0:2]}[count])
            await expect(shown.page.locator("[data-greeting]")).to_have_count(count, timeout=SOON_MS)
            await asyncio.sleep(1.2)

            assert await shown.page.evaluate(OUTSIDE) == []
            assert await shown.page.evaluate(CROSSING) == 0
            assert await shown.page.evaluate(SMALLEST) > (0.025 if size == UPRIGHT else 0.038)


async def test_nobody_of_a_crowd_is_passed_over(browser: Browser, reception: Reception, token: str) -> None:
    async with welcoming(browser, reception, token) as shown:
        await reception.enter(*NAMES)
        seen: set[str] = set()
        async with asyncio.timeout(20):
            while len(seen) < len(NAMES):
                seen |= {text.strip() for text in await shown.page.locator("[data-name]").all_inner_texts()}
                await asyncio.sleep(0.1)

        assert {"".join(name.split()) for name in seen} == {"".join(name.upper().split()) for name in NAMES}


async def test_a_lost_connection_is_a_small_sign_and_the_picture_stays(browser: Browser, reception: Reception, token: str) -> None:
    async with welcoming(browser, reception, token) as shown:
        await shown.page.context.set_offline(True)
        await expect(shown.page.locator("[data-lost]")).to_be_visible(timeout=SOON_MS)
        box = await shown.page.locator("[data-lost]").bounding_box()
        await expect(shown.page.locator("[data-idle]")).to_be_visible()
        await shown.page.context.set_offline(False)
        await expect(shown.page.locator("[data-lost]")).to_have_count(0, timeout=SOON_MS)
        await reception.enter(NAMES[1])
        await expect(shown.page.locator("[data-greeting]")).to_contain_text("TRẦN QUỐC KHÁNH", timeout=SOON_MS)

        assert box is not None
        assert box["width"] * box["height"] < 0.005 * 1920 * 1080


async def test_a_gate_that_is_not_there_and_an_occasion_that_is_over_are_one_sentence_each(
    browser: Browser, reception: Reception, token: str
) -> None:
    async with welcoming(browser, reception, token) as shown:
        await reception.move("closed")
        await shown.page.reload()
        await expect(shown.page.locator("[data-sentence]")).to_contain_text("đã kết thúc", timeout=SOON_MS)
        await shown.page.goto(f"{shown.address}/welcome/khong-co")
        await expect(shown.page.locator("[data-sentence]")).to_contain_text("“khong-co”", timeout=SOON_MS)


async def test_a_screens_token_opens_no_page_of_organisers(browser: Browser, center: RunningCenter, token: str) -> None:
    async with screen(browser, center.url) as shown:
        await shown.page.goto(f"{shown.address}/signin/?next=/checkin#wall={token}")
        await expect(shown.page.locator("[data-refused]")).to_be_visible(timeout=SOON_MS)

        assert await shown.page.locator("nav").count() == 0
