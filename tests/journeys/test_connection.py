"""A wall that lost its center says so, never shows the past as the present, and comes back by itself to the very same picture.

Meanwhile the ward lives on: every sensor measures, a new one begins, a fault comes and goes, a gateway drops off. `make chaos` waits
five minutes, every run of the tests ten seconds.

The whole picture is compared: value, time, state and trail of every series, the state of every site and gateway, the list of problems
and the list of events, each in order. Only ages in words are left out.
"""

import asyncio
import json
import time

import pytest
from playwright.async_api import Browser, expect

from simulators.line import Line
from tests.journeys.meanwhile import meanwhile
from tests.journeys.screens import Picture, Screen, screen
from tests.journeys.stack import Stack
from tests.promises.scale import FULL, note
from wardroom.live import PATIENCE_S, PIECE_BYTES
from wardroom.topics import Gateway

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]
BANNER_S = 5.0
AWAY_S = 300.0 if FULL else 10.0
PLACE = Gateway("vp-hcc", "gw-1")
TRIES = 40
NARROW_S = 13.0
"""Longer than the page waits for anything it has been promised at once."""


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


@pytest.mark.timeout(120 + AWAY_S)
@pytest.mark.parametrize("fate", ["cut", "swallowed"])
async def test_a_screen_that_lost_the_center_says_so_and_catches_up_exactly(stack: Stack, browser: Browser, fate: str) -> None:
    async with (
        Line(port=stack.port) as way,
        screen(browser, f"http://127.0.0.1:{way.port}") as shown,
        meanwhile(stack, PLACE) as ward,
    ):
        await shown.sign_in(stack.token)
        before = await shown.picture()
        await shown.counts()
        way.set(cut=fate == "cut", swallowed=fate == "swallowed")
        lost_s = time.monotonic()
        noticed_s = await shown.lost()
        await _says_so(shown)
        await ward.happens()
        await asyncio.sleep(max(0.0, lost_s + AWAY_S - time.monotonic()))
        await _says_so(shown)
        shown.watch.frames.clear()
        # Nothing new is measured from here on, so that no later value can hide one that was never told.
        with stack.frozen("edge"):
            await ward.drops_off()
            way.set()
            await shown.becomes("live")
            await expect(shown.page.locator("[data-banner]")).to_have_count(0)
            async with screen(browser, stack.address) as other:
                await other.sign_in(stack.token)
                caught_up, fresh = await _same(shown, other)
        note("a wall that was away shows what a fresh one shows", fate=fate, away_s=AWAY_S, banner_s=noticed_s)
        assert noticed_s <= BANNER_S
        assert caught_up == fresh
        assert _moved(before, caught_up) > 20
        assert str(ward.value) in {cell[0] for cell in caught_up["series"].values()}
        assert [one for one in caught_up["events"] if one[0].rsplit("/", 1)[-1] in ward.events]
        assert caught_up["gateways"][f"{PLACE.site}/{PLACE.gateway}"] == "offline"
        assert [frame for frame in shown.watch.frames if '"delta"' in frame]
        assert not [frame for frame in shown.watch.frames if '"snapshot"' in frame], "only what was missed was told"


async def _says_so(shown: Screen) -> None:
    banner = shown.page.locator("[data-banner]")
    await expect(banner).to_contain_text("Mất kết nối – đang hiển thị số liệu lúc")
    await expect(banner).to_contain_text("không còn là hiện tại")
    await expect(shown.page.locator(".frame")).to_be_visible()


async def test_a_wall_returns_by_itself_when_the_center_was_killed(stack: Stack, browser: Browser) -> None:
    async with screen(browser, stack.address) as shown:
        await shown.sign_in(stack.token)
        boot = await shown.page.get_attribute("html", "data-boot")
        await shown.page.evaluate("window.stays = true")
        await shown.counts()
        stack.child("center").kill()
        assert await shown.lost() <= BANNER_S
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


async def test_a_wall_on_a_narrow_way_waits_for_a_picture_that_takes_longer_than_its_patience(stack: Stack, browser: Browser) -> None:
    async with Line(port=stack.port) as way, screen(browser, f"http://127.0.0.1:{way.port}") as shown:
        await shown.sign_in(stack.token)
        pieces = next(json.loads(frame)["count"] for frame in shown.watch.frames if '"pieces"' in frame)
        with stack.frozen("edge"):
            await shown.counts()
            stack.child("center").kill()
            assert await shown.lost() <= BANNER_S
            shown.watch.frames.clear()
            way.set(rate=pieces * PIECE_BYTES / NARROW_S)
            await shown.hears("hello")
            asked_s = time.monotonic()
            await shown.becomes("live", 3_000 * NARROW_S)
            taken_s = time.monotonic() - asked_s
        assert taken_s > PATIENCE_S
        assert sum('"hello"' in frame for frame in shown.watch.frames) == 1, "it asked once"
