"""An organiser prepares an occasion step by step, is told at each what is missing, and opens it; nothing typed is ever lost."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.center.running import RunningCenter
from tests.journeys.organiser import LAPTOP, PHONE, organiser
from tests.journeys.screens import SOON_MS
from tests.journeys.test_page import VIETNAMESE, WORDS

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]
FAULTY = Path(__file__).parents[1] / "center" / "papers" / "workbooks" / "faults.xlsx"
"""A list of twelve rows as organisers write them, seven of them wrong."""
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "wall.png"
"""Far larger than an emblem may be."""
STEPS = ("basics", "lists", "delegates", "photos", "gates", "look", "rehearse", "papers")


@pytest_asyncio.fixture(loop_scope="package")
async def planned(center: RunningCenter) -> AsyncIterator[dict[str, Any]]:
    """An occasion in English with a list, gone afterwards."""
    noon = datetime.now(UTC)
    given = {"name": "Congress", "place": "Town hall", "starts": noon.isoformat(), "ends": (noon + timedelta(hours=9)).isoformat()}
    theme = {"greeting": "Welcome", "idle": "Good morning"}
    made = (await center.client.post("/api/v1/occasions", json=given | {"theme": theme})).raise_for_status().json()
    (await center.client.post(f"/api/v1/occasions/{made['id']}/lists", json={"name": "Opening"})).raise_for_status()
    found: dict[str, Any] = (await center.client.get(f"/api/v1/occasions/{made['id']}")).json()
    yield found
    await center.client.delete(f"/api/v1/occasions/{made['id']}")


async def add_delegate(page: Page, **fields: str) -> None:
    await page.click("[data-action=add-delegate]")
    for name, value in fields.items():
        await page.fill(f"dialog [name={name}]", value)
    await page.click("dialog [data-action=save]")
    await expect(page.locator("dialog")).to_have_count(0)


async def go_on(page: Page, step: str) -> Locator:
    await page.click("[data-action=next]")
    opened = page.locator(f"[data-open={step}]")
    await expect(opened).to_be_visible()
    return opened


def says(page: Page, step: str) -> Locator:
    return page.locator(f"nav [data-step={step}] small")


async def plan(page: Page) -> None:
    """From nothing to an occasion of two days with two delegates."""
    await page.click("[data-action=add]")
    await page.fill("[name=name]", "Đại hội đại biểu Đảng bộ phường lần thứ I")
    await page.click("[data-action=create]")
    await expect(page.locator(".field.wrong")).to_have_count(2)
    await page.fill("[name=starts]", "2026-11-27T07:30")
    await page.fill("[name=ends]", "2026-11-28T17:00")
    await page.click("[data-action=create]")
    await page.click("[data-action=suggest]")
    await expect(page.locator("[data-list] b")).to_have_text(["Ngày 1 (27/11)", "Ngày 2 (28/11)"])
    await go_on(page, "delegates")
    await add_delegate(page, title="Đồng chí", name="Nguyễn Thị Minh Nguyệt", unit="Đảng ủy phường", seat="A12")
    await add_delegate(page, title="Ông", name="Trần Văn Bình")


async def confirm(page: Page, word: str) -> None:
    await page.fill("[name=confirm]", word)
    await page.click("[data-action=confirm]")


async def test_the_path_leads_from_nothing_to_an_open_occasion(center: RunningCenter, browser: Browser) -> None:
    async with organiser(browser, center, "/events") as shown:
        page = shown.page
        await plan(page)
        await page.fill("[name=q]", "minh nguyet")
        await expect(page.locator("[data-delegate]")).to_have_count(1)
        await expect(says(page, "basics")).to_have_text("chưa có địa điểm")
        await expect(says(page, "delegates")).to_have_text("2 đại biểu")
        await expect((await go_on(page, "photos")).locator("[data-ready]")).to_have_text("0/2")

        await go_on(page, "gates")
        await page.click("[data-action=add-gate]")
        await page.fill("dialog [name=name]", "Sảnh chính")
        await page.click("dialog [data-action=save]")
        await page.click("[data-action=screen]")
        await expect(page.locator("[data-address]")).to_have_text(f"{center.url}/welcome/sanh-chinh")
        await page.keyboard.press("Escape")
        await go_on(page, "look")
        await go_on(page, "rehearse")
        await expect(page.locator("[data-lacking] li")).to_have_text([re.compile("địa điểm"), re.compile("0/2")])
        await page.click("[data-action=rehearse]")
        await page.click("[data-action=open]")
        await confirm(page, "mở")
        await expect(page.locator(".field.wrong .problem")).to_be_visible()
        await confirm(page, "mo cua")
        await expect(page.locator("[data-opened]")).to_be_visible()


async def test_an_open_occasion_is_closed_with_a_typed_word(center: RunningCenter, browser: Browser, planned: dict[str, Any]) -> None:
    for state in ("rehearsal", "open"):
        (await center.client.post(f"/api/v1/occasions/{planned['id']}/state", json={"state": state})).raise_for_status()
    async with organiser(browser, center, f"/events?occasion={planned['id']}&step=papers") as shown:
        await shown.page.click("[data-action=close]")
        await confirm(shown.page, "đóng")
        await expect(shown.page.locator("[data-closed]")).to_be_visible()
        await expect(shown.page.locator("h1 [data-state=closed]")).to_be_visible()


async def test_what_the_center_refuses_is_said_and_what_was_typed_stays(
    center: RunningCenter, browser: Browser, planned: dict[str, Any]
) -> None:
    taken = {"id": "taken", "name": "Hall", "list": planned["lists"][0]["id"]}
    (await center.client.post(f"/api/v1/occasions/{planned['id']}/gates", json=taken)).raise_for_status()
    async with organiser(browser, center, f"/events?occasion={planned['id']}&step=gates") as shown:
        page = shown.page
        await page.click("[data-action=add-gate]")
        await page.fill("dialog [name=name]", "Second hall")
        await page.fill("dialog [name=id]", "taken")
        await page.click("dialog [data-action=save]")
        await expect(page.locator("dialog [role=alert], dialog .problem")).to_contain_text("taken")
        await expect(page.locator("dialog [name=name]")).to_have_value("Second hall")
        await page.fill("dialog [name=id]", "second")
        await page.click("dialog [data-action=save]")
        await expect(page.locator("[data-gate=second]")).to_be_visible()


async def test_a_center_that_is_away_costs_nothing_that_was_typed(center: RunningCenter, browser: Browser, planned: dict[str, Any]) -> None:
    async with organiser(browser, center, f"/events?occasion={planned['id']}&step=basics") as shown:
        page = shown.page
        await page.fill("[name=place]", "Cultural house")
        await page.context.set_offline(True)
        await page.click("[data-action=save]")
        await expect(page.locator("[data-said]")).to_be_visible()
        await page.context.set_offline(False)
        await page.click("[data-action=save]")
        await expect(page.locator(".badge.good[role=status]")).to_be_visible()
        found = (await center.client.get(f"/api/v1/occasions/{planned['id']}")).json()
        assert found["place"] == "Cultural house"
        assert (found["starts"], found["name"]) == (planned["starts"][:16] + ":00Z", "Congress")


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=str)
async def test_every_step_fits_the_screen_and_speaks_both_languages(
    center: RunningCenter, browser: Browser, planned: dict[str, Any], size: tuple[int, int]
) -> None:
    async with organiser(browser, center, "/events", size) as shown:
        page = shown.page
        await page.click("[data-action=language]")
        for step in STEPS:
            await page.goto(f"{center.url}/events?occasion={planned['id']}&step={step}")
            await expect(page.locator(f"[data-open={step}] h2")).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth") == size[0], step
            words: list[str] = await page.evaluate(WORDS)
            assert {text for text in words if VIETNAMESE.search(text)} == {"Tiếng Việt"}, step


async def test_the_path_is_walked_with_the_keyboard_alone(center: RunningCenter, browser: Browser, planned: dict[str, Any]) -> None:
    async with organiser(browser, center, f"/events?occasion={planned['id']}&step=lists") as shown:
        page = shown.page
        await page.locator("[data-action=next]").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-open=delegates] h2")).to_be_focused()
        await page.locator("[data-action=add-delegate]").focus()
        await page.keyboard.press("Enter")
        await page.locator("dialog [name=name]").focus()
        await page.keyboard.type("Anna Smith")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-delegate]")).to_have_count(1)


async def test_a_list_is_read_first_with_every_problem_at_its_cell_then_stored(
    center: RunningCenter, browser: Browser, planned: dict[str, Any]
) -> None:
    async with organiser(browser, center, f"/events?occasion={planned['id']}&step=delegates") as shown:
        page = shown.page
        await page.set_input_files("[name=delegates]", FAULTY)
        await expect(page.locator("[data-import][data-job=ready]")).to_be_visible(timeout=SOON_MS)
        await expect(page.locator("[data-column=name]")).to_contain_text("Họ và tên")
        await expect(page.locator("[data-count=created] b")).to_have_text("5")
        await expect(page.locator("[data-severity=error] b")).to_contain_text(["C2", "B3"])
        await expect(page.locator("[data-delegate]")).to_have_count(0)
        await page.click("[data-action=commit]")
        await expect(page.locator("[data-import] [data-stored]")).to_be_visible(timeout=SOON_MS)
        await expect(page.locator("[data-delegate]")).to_have_count(5)
        await page.click("[data-import] [data-action=drop]")
        await page.set_input_files("[name=delegates]", FAULTY)
        await expect(page.locator("[data-count=unchanged] b")).to_have_text("5", timeout=SOON_MS)
        await expect(page.locator("[data-action=commit]")).to_have_count(0)


async def test_the_look_is_seen_as_it_is_chosen_and_a_large_emblem_is_made_small(
    center: RunningCenter, browser: Browser, planned: dict[str, Any]
) -> None:
    async with organiser(browser, center, f"/events?occasion={planned['id']}&step=look") as shown:
        page = shown.page
        await page.set_input_files("[name=emblem]", PICTURE)
        await expect(page.locator("[data-preview] img")).to_be_visible()
        await page.fill("[name=greeting]", "Xin chào")
        await expect(page.locator("[data-preview]")).to_contain_text("Xin chào")
        await page.fill("[name=ink]", planned["theme"]["background"])
        await expect(page.locator("[data-contrast]")).to_contain_text("1,0:1")
        await page.click("[data-form=look] [data-action=save]")
        await expect(page.locator("[data-form=look] [role=status].good")).to_be_visible()
        theme = (await center.client.get(f"/api/v1/occasions/{planned['id']}")).json()["theme"]
        assert theme["greeting"] == "Xin chào"
        assert theme["emblem"].startswith("data:image/png;base64,")
        assert 4_000 < len(theme["emblem"]) <= 49_152


async def test_badges_and_attendance_are_saved_as_files(center: RunningCenter, browser: Browser, planned: dict[str, Any]) -> None:
    someone = {"name": "Anna Smith", "lists": [planned["lists"][0]["id"]]}
    (await center.client.post(f"/api/v1/occasions/{planned['id']}/delegates", json=someone)).raise_for_status()
    async with organiser(browser, center, f"/events?occasion={planned['id']}&step=papers") as shown:
        heads: dict[str, bytes] = {}
        for action in ("badges", "xlsx", "pdf"):
            async with shown.page.expect_download() as saving:
                await shown.page.click(f"[data-open=papers] [data-action={action}]")
            heads[action] = (await (await saving.value).path()).read_bytes()[:4]
        await expect(shown.page.locator("[data-said]")).to_have_count(0)
        assert heads == {"badges": b"%PDF", "xlsx": b"PK\x03\x04", "pdf": b"%PDF"}
