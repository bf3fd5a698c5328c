"""A screen of the wall in Chromium, all it asks for and complains of recorded; and its whole picture as data, to be compared."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, WebError, WebSocket

FULL_HD: Final = (1920, 1080)
SOON_MS: Final = 20_000
_COMPLAIN: Final = """
document.addEventListener("securitypolicyviolation", (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`));
"""
_PICTURE: Final = """
() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const d = (one) => one.dataset;
  const cell = (one) => [d(one).value, d(one).timeUs, d(one).state, one.querySelector("path").getAttribute("d")];
  return {
    seq: document.documentElement.dataset.seq,
    series: Object.fromEntries(all("[data-series]").map((one) => [d(one).series, cell(one)])),
    sites: Object.fromEntries(all("[data-site][data-state]").map((one) => [d(one).site, d(one).state])),
    gateways: Object.fromEntries(all("[data-gateway]").map((one) => [d(one).gateway, d(one).state])),
    problems: all("[data-problem]").map((one) => [d(one).problem, d(one).severity]),
    events: all("[data-event]").map((one) => [d(one).event, d(one).type]),
  };
}
"""
_COUNT: Final = """
() => {
  let last = performance.now(), own = 0;
  window.lost = new Promise((tell) => {
    const ticking = setInterval(() => {
      const now = performance.now();
      own += Math.min(now - last, 200);
      last = now;
      if (document.documentElement.dataset.connection !== "lost") return;
      clearInterval(ticking);
      tell(own / 1000);
    }, 100);
  });
}
"""

Picture = dict[str, Any]


@dataclass
class Watch:
    """What a screen asked for, said on its console, and heard over its WebSockets."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("page", lambda page: page.on("websocket", self._socket))

    def elsewhere(self, address: str) -> list[str]:
        """Return the requests that left the center's origin."""
        own = (f"{address}/", f"{address.replace('http', 'ws', 1)}/ws", "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _error(self, error: WebError) -> None:
        self.complaints.append(str(error.error))

    def _socket(self, socket: WebSocket) -> None:
        self.requests.append(socket.url)
        socket.on("framereceived", lambda frame: self.frames.append(str(frame)[:200]))


class Screen:
    """One page in a browser profile of its own."""

    def __init__(self, page: Page, watch: Watch, address: str) -> None:
        self.page = page
        self.watch = watch
        self.address = address

    async def picture(self) -> Picture:
        """Return all the page shows that does not merely count seconds."""
        found: Picture = await self.page.evaluate(_PICTURE)
        return found

    async def sign_in(self, token: str) -> "Screen":
        """Open the wall's link, and wait until values are there."""
        await self.page.goto(f"{self.address}/signin/#wall={token}")
        return await self.shown()

    async def shown(self) -> "Screen":
        """Wait until the wall is live, with values."""
        await self.page.wait_for_selector("html[data-connection=live] [data-series]:not([data-value=''])", timeout=SOON_MS)
        return self

    async def becomes(self, connection: str, within_ms: float = SOON_MS) -> None:
        """Wait until the page says of its connection: live, or lost."""
        await self.page.wait_for_selector(f"html[data-connection={connection}]", timeout=within_ms)

    async def counts(self) -> None:
        """Have the page count, by its own clock, how long it takes until it says that it lost its center."""
        await self.page.evaluate(_COUNT)

    async def lost(self) -> float:
        """Wait until it says so; return what it counted (s), without what a busy machine kept from it."""
        async with asyncio.timeout(SOON_MS / 1000):
            counted: float = await self.page.evaluate("window.lost")
        return counted

    async def hears(self, word: str) -> None:
        """Wait until the center says a message of this type to the page."""
        async with asyncio.timeout(SOON_MS / 1000):
            while not any(f'"type":"{word}"' in frame for frame in self.watch.frames):  # noqa: ASYNC110 - it is told in another process
                await asyncio.sleep(0.05)


@asynccontextmanager
async def screen(browser: Browser, address: str, size: tuple[int, int] = FULL_HD) -> AsyncIterator[Screen]:
    """Lend a screen; afterwards it must have asked nobody but its center, and its page must have had no error of its own."""
    watch = Watch()
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, service_workers="block")
    await context.add_init_script(_COMPLAIN)
    watch.over(context)
    try:
        yield Screen(await context.new_page(), watch, address)
    finally:
        await context.close()
    assert watch.elsewhere(address) == []
    assert [text for text in watch.complaints if not _of_the_network(text)] == []


def _of_the_network(text: str) -> bool:
    """Whether Chromium tells of a request that was refused or cut, which a journey may well provoke."""
    return text.startswith(("Failed to load resource:", "WebSocket connection to"))
