"""An organiser in Chromium: signed in by the form, on one of the pages where the check-in is prepared."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, expect

from tests.center.running import PASSWORD, RunningCenter
from tests.journeys.screens import Screen, screen

LAPTOP: Final = (1366, 768)
PHONE: Final = (390, 844)


@asynccontextmanager
async def organiser(browser: Browser, center: RunningCenter, path: str, size: tuple[int, int] = LAPTOP) -> AsyncIterator[Screen]:
    """Lend a screen that shows `path`, seen by an administrator."""
    async with screen(browser, center.url, size) as shown:
        await shown.page.goto(center.url + path)
        await shown.page.fill("input[name=account]", "administrator")
        await shown.page.fill("input[name=password]", PASSWORD)
        await shown.page.click("button[type=submit]")
        await expect(shown.page.locator("main.desk h1")).to_be_visible()
        yield shown
