"""What every screen keeps to: its own center, the language people chose, and its edges."""

import re
from typing import Final

import pytest
from playwright.async_api import Browser, Page

from tests.journeys.screens import screen
from tests.journeys.stack import Stack

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]
VIETNAMESE: Final = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)
NOT_WORDS: Final = re.compile(r"undefined|\bNaN\b|\bnull\b|\[object|[{}]|\b[a-z]+[._][a-z]+[a-z._]*\b")
ALIKE: Final = frozenset({"CO₂", "dB", "kW", "klux", "lux", "mm/h", "ms", "ppm", "µg/m³"})
"""What is the same in both languages: units, and a formula."""
WORDS: Final = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.parentElement.checkVisibility()) found.add(walker.currentNode.data.trim());
  for (const one of document.querySelectorAll("[title], [aria-label]"))
    for (const name of ["title", "aria-label"]) if (one.checkVisibility()) found.add((one.getAttribute(name) ?? "").trim());
  found.add(document.title);
  return [...found];
}"""
CLIPPED: Final = """() => {
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.data.trim() || !text.parentElement.checkVisibility() || text.parentElement.closest(".unseen")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const size = parseFloat(getComputedStyle(text.parentElement).fontSize);
    for (const box of range.getClientRects()) {
      // The letters themselves: the line's box without the room above and below them.
      const middle = (box.top + box.bottom) / 2;
      const [top, bottom] = [middle - size * 0.4, middle + size * 0.4];
      for (let one = text.parentElement; one !== document.body; one = one.parentElement) {
        const style = getComputedStyle(one);
        if (style.overflowX === "visible" && style.overflowY === "visible") continue;
        const room = one.getBoundingClientRect();
        const ends = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
        const high = !ends && (top < room.top - 1 || bottom > room.bottom + 1);
        const wide = !ends && (box.left < room.left - 1 || box.right > room.right + 1);
        if (high || wide) faults.push(`${text.data.trim()} in .${one.className}`);
        if (ends) break;
      }
    }
  }
  return faults;
}"""
OUTSIDE: Final = """() => [...document.querySelectorAll("[data-series]")].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight || !box.width);
}).map((one) => one.title)"""


async def _words(page: Page) -> set[str]:
    """Return all visible texts that hold a word, and the texts of hints."""
    return {text for text in await page.evaluate(WORDS) if re.search(r"[^\W\d_]{2}", text)}


async def test_the_other_language_changes_every_word_and_stays(stack: Stack, browser: Browser) -> None:
    async with screen(browser, stack.address) as shown:
        await shown.sign_in(stack.token)
        vietnamese = await _words(shown.page)
        await shown.page.click("[data-action=language]")
        await shown.page.wait_for_selector("html[lang=en]")
        english = await _words(shown.page)
        await shown.page.reload()
        await shown.shown()
        stayed = await _words(shown.page)

        assert len(vietnamese) > 150
        assert len(english) > 150
        assert {text for text in vietnamese & english if text not in ALIKE and not re.search(r"\d", text)} == set()
        for words in (english, stayed):
            assert {text for text in words if VIETNAMESE.search(text)} == {"Tiếng Việt"}
        assert [text for text in vietnamese | english | stayed if NOT_WORDS.search(text)] == []


async def test_a_screen_asks_only_its_center_and_complains_of_nothing(stack: Stack, browser: Browser) -> None:
    async with screen(browser, stack.address) as shown:
        await shown.sign_in(stack.token)
        await shown.page.locator("[data-series]").first.click()
        await shown.page.wait_for_selector("[data-history] canvas")
        await shown.page.click("[data-action=range-7d]")
        await shown.page.hover("[data-history] canvas")
        await shown.page.click("[data-action=close]")
        await shown.page.click("[data-action=language]")
        await shown.page.reload()
        await shown.shown()
        assert len(shown.watch.requests) > 8
        assert shown.watch.elsewhere(stack.address) == []
        assert shown.watch.complaints == []


@pytest.mark.parametrize(("size", "flows"), [((3840, 2160), False), ((1920, 1080), False), ((1366, 768), True)], ids=str)
async def test_nothing_overflows_the_screen(stack: Stack, browser: Browser, size: tuple[int, int], flows: bool) -> None:  # noqa: FBT001 - a table's column
    async with screen(browser, stack.address, size) as shown:
        await shown.sign_in(stack.token)
        for language in ("vi", "en"):
            await shown.page.wait_for_selector(f"html[lang={language}]")
            await shown.page.wait_for_timeout(300)  # boxes are measured and laid out once more
            width, height = await shown.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            assert width == size[0]
            assert flows or height == size[1], "a small screen scrolls, a large one never"
            assert flows or await shown.page.evaluate(OUTSIDE) == []
            assert await shown.page.evaluate(CLIPPED) == []
            await shown.page.click("[data-action=language]")
