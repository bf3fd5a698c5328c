"""a center's welcome screen in Chromium → when each greeting was drawn (microseconds since 1970), where there is a Chromium."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from playwright.async_api import async_playwright

from bench.stage import Stage

_WATCH: Final = """
new MutationObserver(() => {
  const at = Math.round((performance.timeOrigin + performance.now()) * 1000);
  for (const one of document.querySelectorAll("[data-greeting]")) noted(one.dataset.greeting, at);
}).observe(document, { childList: true, subtree: true, attributes: true });
"""


@dataclass(slots=True)
class Page:
    """`drawn`: when each greeting was first in the page, by its id; empty without Chromium."""

    drawn: dict[str, int] = field(default_factory=dict)


@asynccontextmanager
async def paged(stage: Stage, gate: str) -> AsyncIterator[Page]:
    """Have the gate's screen open; what it drew is noted every time something is drawn."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    found = Page()
    if program is None:
        yield found
        return
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--disable-gpu", *sandbox])
        page = await browser.new_page()

        def noted(greeting: str, at_us: int) -> None:
            found.drawn.setdefault(greeting, at_us)

        await page.expose_function("noted", noted)
        await page.add_init_script(_WATCH)
        address = f"http://127.0.0.1:{stage.port}"
        await page.goto(f"{address}/signin/#wall={stage.tokens[0]}")
        await page.wait_for_url(f"{address}/")
        await page.goto(f"{address}/welcome/{gate}")
        yield found
        await browser.close()
