"""A check-in desk in Chromium, signed in by the form, that knows its delegates."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, expect

from tests.center.running import PASSWORD
from tests.journeys.reception import Reception
from tests.journeys.screens import FULL_HD, SOON_MS, Screen, screen


@asynccontextmanager
async def desk(browser: Browser, reception: Reception, size: tuple[int, int] = FULL_HD) -> AsyncIterator[Screen]:
    """Lend a screen at the reception's desk, signed in by the form."""
    async with screen(browser, reception.center.url, size) as shown:
        await shown.page.goto(f"{shown.address}/checkin?list={reception.in_list}")
        await sign_in(shown.page)
        await is_ready(shown.page)
        yield shown


async def sign_in(page: Page) -> None:
    """Fill in the form of the page for it."""
    await page.fill("input[name=account]", "administrator")
    await page.fill("input[name=password]", PASSWORD)
    await page.click("button[type=submit]")


async def is_ready(page: Page) -> None:
    """Wait until the desk is live and knows who is expected."""
    await expect(page.locator("[data-arrived]")).to_be_visible(timeout=SOON_MS)
    await expect(page.locator("[data-link=live]")).to_be_visible(timeout=SOON_MS)
    await expect(page.locator("[data-known]:not([data-known='0'])")).to_be_visible(timeout=SOON_MS)


async def outcome(shown: Screen, result: str) -> None:
    """Wait until the last one counts for that."""
    await expect(shown.page.locator(f"[data-outcome][data-result={result}]")).to_be_visible(timeout=SOON_MS)
