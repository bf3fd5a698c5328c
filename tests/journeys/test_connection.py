"""A wall that lost its center says so, never shows the past as the present, and comes back by itself to the very same picture.

The whole picture is compared: value, time, state and trail of every series, the state of every site and gateway, the list of problems
and the list of events, each in order. Only ages in words are left out.
"""

import asyncio

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.proxy import Way
from tests.journeys.screens import Picture, Screen, screen
from tests.journeys.stack import Stack

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]
BANNER_MS = 5_000
TRIES = 40


async def _same(one: Screen, other: Screen) -> tuple[Picture, Picture]:
    """Return both screens' pictures as soon as they are the same, or as they differ at the end."""
    pictures = await asyncio.gather(one.picture(), other.picture())
    for _ in range(TRIES):
        if pictures[0] == pictures[1]:
            break
        await asyncio.sleep(0.25)
        pictures = await asyncio.gather(one.picture(), other.picture())
    return pictures[0], pictures[1]


def _moved(before: Picture, after: Picture) -> int:
    return sum(after["series"][one][1] != cell[1] for one, cell in before["series"].items())


@pytest.mark.parametrize("fate", ["cut", "swallow"])
async def test_a_screen_that_lost_the_center_says_so_and_catches_up_exactly(stack: Stack, browser: Browser, fate: str) -> None:
    async with Way(stack.port).opened() as way, screen(browser, way.address) as shown:
        await shown.sign_in(stack.token)
        before = await shown.picture()
        (way.cut if fate == "cut" else way.swallow)()
        await shown.becomes("lost", BANNER_MS)
        banner = shown.page.locator("[data-banner]")
        await expect(banner).to_contain_text("Mất kết nối – đang hiển thị số liệu lúc")
        await expect(banner).to_contain_text("không còn là hiện tại")
        await expect(shown.page.locator(".frame")).to_be_visible()
        await asyncio.sleep(3)  # the ward lives on meanwhile
        shown.watch.frames.clear()
        # Nothing new is measured from here on, so that no later value can hide one that was never told.
        with stack.frozen("edge"):
            way.restore()
            await shown.becomes("live")
            await expect(banner).to_have_count(0)
            async with screen(browser, stack.address) as other:
                await other.sign_in(stack.token)
                caught_up, fresh = await _same(shown, other)
        assert caught_up == fresh
        assert _moved(before, caught_up) > 20
        assert [frame for frame in shown.watch.frames if '"delta"' in frame]
        assert not [frame for frame in shown.watch.frames if '"snapshot"' in frame], "only what was missed was told"


async def test_a_wall_returns_by_itself_when_the_center_was_killed(stack: Stack, browser: Browser) -> None:
    async with screen(browser, stack.address) as shown:
        await shown.sign_in(stack.token)
        boot = await shown.page.get_attribute("html", "data-boot")
        await shown.page.evaluate("window.stays = true")
        stack.child("center").kill()
        await shown.becomes("lost", BANNER_MS)
        await shown.page.wait_for_function("boot => document.documentElement.dataset.boot !== boot", arg=boot, timeout=30_000)
        await shown.becomes("live")
        assert [frame for frame in shown.watch.frames if '"center_restarted"' in frame]
        with stack.frozen("edge"):
            async with screen(browser, stack.address) as other:
                await other.sign_in(stack.token)
                returned, fresh = await _same(shown, other)
        assert returned == fresh
        assert len(returned["sites"]) == 44
        assert await shown.page.evaluate("window.stays"), "it was not loaded anew"
