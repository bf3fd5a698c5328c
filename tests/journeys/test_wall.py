"""The wall shows every place, the worst first, what is old as old; and a value's history when somebody asks."""

import time

import pytest
from playwright.async_api import Browser, expect

from edge import settings as edge_settings
from tests.journeys.screens import Picture, Screen, screen
from tests.journeys.stack import Stack
from wardroom import senml
from wardroom.bus import Outgoing, Session
from wardroom.senml import Reading
from wardroom.topics import Gateway

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]
RANK = {"critical": 0, "serious": 1, "minor": 2}
TEN_MINUTES_US = 600_000_000


async def test_every_place_and_gateway_is_on_the_wall(stack: Stack, browser: Browser) -> None:
    sites, gateways, series = [await stack.listed(kind) for kind in ("sites", "gateways", "series")]
    async with screen(browser, stack.address) as shown:
        await shown.sign_in(stack.token)
        picture = await shown.picture()
        tiles = await shown.page.eval_on_selector_all("[data-gateways]", "all => all.flatMap(one => one.dataset.gateways.split(' '))")
        assert (len(sites), len(gateways)) == (44, 48)
        assert set(picture["sites"]) == {site["id"] for site in sites}
        assert {*picture["gateways"], *tiles} == {f"{one['site']}/{one['id']}" for one in gateways}
        assert {int(one) for one in picture["series"]} >= {one["id"] for one in series}
        await expect(shown.page.locator(".counters")).to_contain_text("/48")


def _in_order(picture: Picture) -> bool:
    ranks = [RANK[severity] for _, severity in picture["problems"]]
    return ranks == sorted(ranks)


async def _offline(shown: Screen, least: int, most: int, for_ms: int) -> Picture:
    """Wait until so many gateways, always the same ones, are offline for a while; a clock that runs ahead is a milder problem all along."""
    await shown.page.wait_for_function(
        """([least, most, forMs]) => {
            const offline = [...document.querySelectorAll("[data-kind=gateway_offline]")].map((one) => one.dataset.problem);
            const now = offline.sort().join();
            if (window.before !== now) [window.before, window.since] = [now, performance.now()];
            const lasts = performance.now() - window.since >= forMs;
            return lasts && least <= offline.length && offline.length <= most && document.querySelector("[data-kind=clock_wrong]");
        }""",
        arg=[least, most, for_ms],
        timeout=60_000,
    )
    return await shown.picture()


async def test_gateways_that_are_offline_stand_before_anything_milder(stack: Stack, browser: Browser) -> None:
    async with screen(browser, stack.address) as shown:
        await shown.sign_in(stack.token)
        stack.child("edge").kill()
        all_gone = await _offline(shown, 40, 48, 0)
        assert _in_order(all_gone)
        # The fleet starts again by itself, and with it its schedule: one gateway drops off twelve seconds later.
        one_gone = await _offline(shown, 1, 1, 4_000)
        assert _in_order(one_gone)
        first, severity = one_gone["problems"][0]
        assert (first.split(":")[0], severity) == ("gateway_offline", "critical")
        site = first.split(":")[1].split("/")[0]
        assert one_gone["sites"][site] == "offline"
        assert "Mất liên lạc" in await shown.page.locator(f"section[data-site={site}]").inner_text()


async def _publish_late(stack: Stack) -> None:
    """Send a reading of a sensor that measured ten minutes ago, on a gateway's own account."""
    loaded = edge_settings.load(stack.folder / "config" / "gateways" / "vp-hcc.gw-1.toml", {})
    now_us = time.time_ns() // 1_000
    reading = Reading("cellar", "temperature", "Cel", 17.25, now_us - TEN_MINUTES_US)
    topic = Gateway("vp-hcc", "gw-1").pack("readings", "late-boot", 0)
    async with Session(broker=loaded.broker, client_id="vp-hcc.gw-1.late", on_message=lambda _: None) as session:
        await session.wait_connected()
        await session.publish(Outgoing(topic, senml.encode([reading], now_us)))


async def test_an_old_value_is_dimmed_and_tells_its_age(stack: Stack, browser: Browser) -> None:
    async with screen(browser, stack.address) as shown:
        await shown.sign_in(stack.token)
        await _publish_late(stack)
        old = shown.page.locator("[data-series][data-value='17.25']")
        await expect(old).to_have_attribute("data-state", "stale", timeout=10_000)
        block = shown.page.locator("[data-sensor]").filter(has=old)
        await expect(block).to_contain_text("10 phút")
        assert "10 phút trước" in (await old.get_attribute("title") or "")
        colour = "(one) => getComputedStyle(one.querySelector('.figure')).color"
        fresh = shown.page.locator("[data-site=vp-hcc] [data-series][data-state=fresh]").first
        assert sum(_rgb(await old.evaluate(colour))) < sum(_rgb(await fresh.evaluate(colour))) - 100, "darker than a present value"


def _rgb(colour: str) -> list[int]:
    return [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")[:3]]


async def test_a_value_opens_its_history_and_escape_closes_it(stack: Stack, browser: Browser) -> None:
    async with screen(browser, stack.address) as shown:
        await shown.sign_in(stack.token)
        value = shown.page.locator("[data-site=vp-ubnd] [data-series][data-state=fresh]").first
        number = await value.get_attribute("data-series")
        async with shown.page.expect_response("**/api/v1/readings?*") as answer:
            await value.click()
        assert (await (await answer.value).json())["points"]
        panel = shown.page.locator(f"[data-history='{number}']")
        await expect(panel).to_be_visible()
        drawn = """() => {
            const canvas = document.querySelector("[data-history] canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const colours = new Set();
            for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200) colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
            return colours.has(0x5aa9d6);
        }"""
        await shown.page.wait_for_function(drawn)
        await shown.page.keyboard.press("Escape")
        await expect(panel).to_have_count(0)
        await expect(value).to_be_focused()
