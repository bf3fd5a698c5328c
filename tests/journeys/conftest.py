"""One demo and one Chromium for all journeys of this folder."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.journeys.stack import Stack

_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The demo, started once; stopped by Ctrl-C it must end well and leave no process."""
    started = Stack(tmp_path_factory.mktemp("journeys") / "kept")
    try:
        started.wait_started()
        yield started
        status, left = started.end()
        assert (status, left) == (0, []), started.said
    finally:
        started.remove()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, with nothing of its own to say to the network."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program, args=[*_QUIET, *sandbox])
        yield chromium
        await chromium.close()
