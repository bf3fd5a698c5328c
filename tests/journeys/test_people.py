"""An organiser keeps people's photos: each is judged in words, each look is logged, and what was agreed to is on record."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.center.people.archives import zipped
from tests.center.running import RunningCenter
from tests.journeys.organiser import LAPTOP, PHONE, organiser

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]
JUDGED_MS = 60_000
"""The first photo waits for the models to be loaded."""


async def make(page: Page, name: str) -> None:
    """Put somebody on record who agreed to be recognised."""
    await page.click("[data-action=add]")
    await page.fill("[name=name]", name)
    await page.check("[name=face]")
    await page.click("[data-action=create]")
    await expect(page.locator(".field.wrong [name=note]")).to_be_visible()
    await page.fill("[name=note]", "phiếu đồng ý số 12")
    await page.click("[data-action=create]")
    await expect(page.locator("h1")).to_have_text(name)


async def judged(page: Page, verdict: str, count: int = 1) -> Locator:
    found = page.locator(f".new [data-verdict={verdict}]")
    await expect(found).to_have_count(count, timeout=JUDGED_MS)
    return found


async def test_photos_are_judged_in_words_and_shown_only_on_demand(center: RunningCenter, browser: Browser, testdata: Path) -> None:
    faces = testdata / "faces"
    async with organiser(browser, center, "/people") as shown:
        page = shown.page
        await make(page, "Đại biểu Thứ Nhất")
        await expect(page.locator("[data-missing] li")).to_have_text([re.compile("Chưa có ảnh")])

        await page.set_input_files("[name=photos]", [faces / "obama" / "1.jpg", faces / "scenes" / "obama_and_biden.jpg"])
        await judged(page, "accepted")
        refused = await judged(page, "refused")
        await expect(refused.locator("[data-reason]")).to_contain_text("khuôn mặt; hãy cắt ảnh")
        await expect(page.locator("[data-ready]")).to_be_visible()

        photo = page.locator("[data-photo]")
        await expect(photo).to_have_count(1)
        assert not [url for url in shown.watch.requests if "/photos/" in url], "a photo was looked at that nobody asked for"
        await photo.locator("[data-action=look]").click()
        await page.wait_for_function("() => document.querySelector('[data-photo] img')?.naturalWidth > 100")
        log = (await center.client.get("/api/v1/audit")).json()["items"]
        assert "photo.looked" in {line["action"] for line in log}, [line["action"] for line in log]


@pytest.mark.usefixtures("testdata")
async def test_a_camera_takes_a_photo_that_is_judged_like_every_other(center: RunningCenter, browser: Browser) -> None:
    async with organiser(browser, center, "/people") as shown:
        await make(shown.page, "Đại biểu Thứ Hai")
        await shown.page.click("[data-action=camera]")
        await shown.page.wait_for_selector("[data-camera=seeing]")
        await shown.page.wait_for_function("() => document.querySelector('video').videoWidth > 0")
        await shown.page.click("[data-action=shoot]")
        refused = await judged(shown.page, "refused")
        await expect(refused.locator("[data-reason]")).to_contain_text("Không thấy khuôn mặt")
        await shown.page.click("[data-action=camera-off]")
        await expect(shown.page.locator("video")).to_have_count(0)


async def test_consent_is_withdrawn_with_its_ground_and_all_of_it_stays_on_record(center: RunningCenter, browser: Browser) -> None:
    async with organiser(browser, center, "/people") as shown:
        page = shown.page
        await make(page, "Đại biểu Thứ Ba")
        await page.click("[data-action=consent-face]")
        await page.click("[data-consent=face] [data-action=note]")
        await expect(page.locator("[data-consent=face] .field.wrong")).to_be_visible()
        await page.fill("[data-consent=face] [name=note]", "gọi điện ngày 21/11")
        await page.click("[data-consent=face] [data-action=note]")
        await expect(page.locator("[data-consent=face][data-given=false]")).to_be_visible()
        await expect(page.locator("[data-history-of-consents] li")).to_have_text(
            [re.compile("rút lại.*gọi điện ngày 21/11"), re.compile("đồng ý.*phiếu đồng ý số 12")]
        )
        await expect(page.locator("[data-missing] li").first).to_have_text(re.compile("Chưa đồng ý"))


async def test_people_are_found_as_their_names_are_typed_in_a_hurry(center: RunningCenter, browser: Browser) -> None:
    for name in ("Lưu Thị Ánh Đào", "Lưu Văn Đạo"):
        (await center.client.post("/api/v1/people", json={"name": name})).raise_for_status()
    async with organiser(browser, center, "/people", PHONE) as shown:
        await shown.page.fill("[name=q]", "dao anh luu")
        await expect(shown.page.locator("[data-person] a")).to_have_text(["Lưu Thị Ánh Đào"])
        assert await shown.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
        await shown.page.fill("[name=q]", "không ai cả")
        await expect(shown.page.locator("[data-none]")).to_contain_text("không ai cả")


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=str)
async def test_every_view_fits_the_screen(center: RunningCenter, browser: Browser, size: tuple[int, int]) -> None:
    made = (await center.client.post("/api/v1/people", json={"name": "Nguyễn Hoàng Phương Khánh Linh Đan"})).json()
    async with organiser(browser, center, "/people", size) as shown:
        for place in ("", "?new=1", "?bulk=1", f"?person={made['id']}"):
            await shown.page.goto(f"{center.url}/people{place}")
            await expect(shown.page.locator("main.desk h1")).to_be_visible()
            assert await shown.page.evaluate("document.documentElement.scrollWidth") == size[0], place


async def test_a_zip_is_judged_then_stored_and_the_refused_come_as_a_file(center: RunningCenter, browser: Browser, testdata: Path) -> None:
    faces = testdata / "faces"
    for name in ("Đại biểu Xanh", "Đại biểu Vàng"):
        (await center.client.post("/api/v1/people", json={"name": name})).raise_for_status()
    archive = zipped(
        {
            "dai-bieu-xanh.jpg": (faces / "biden" / "1.jpg").read_bytes(),
            "dai-bieu-vang.jpg": b"",
            "../dai-bieu-vang.jpg": b"x",
        }
    )
    async with organiser(browser, center, "/people?bulk=1") as shown:
        page = shown.page
        await page.click("[data-action=judge]")
        await expect(page.locator("[data-form=bulk] .problem")).to_be_visible()
        await page.set_input_files("[name=zip]", {"name": "ảnh.zip", "mimeType": "application/zip", "buffer": archive})
        await page.check("[name=face]")
        await page.fill("[name=note]", "phiếu thu ngày 20/11")
        await page.click("[data-action=judge]")
        await expect(page.locator("[data-job=ready]")).to_be_visible(timeout=JUDGED_MS)
        await expect(page.locator("[data-filter=refused] b")).to_have_text("2")
        await page.click("[data-filter=refused]")
        await expect(page.locator("[data-report] tbody tr")).to_have_count(2)
        async with page.expect_download() as saving:
            await page.click("[data-action=csv]")
        rows = (await (await saving.value).path()).read_text(encoding="utf-8-sig").splitlines()
        assert len(rows) == 3
        await page.reload()
        await page.click("[data-action=store]")
        await expect(page.locator("[data-stored]")).to_contain_text("1 ảnh", timeout=JUDGED_MS)


async def test_a_record_is_erased_after_its_name_is_typed_and_the_proof_is_shown(center: RunningCenter, browser: Browser) -> None:
    async with organiser(browser, center, "/people") as shown:
        page = shown.page
        await make(page, "Trần Thị Đỗ Quyên")
        await page.click("[data-action=erase]")
        await page.fill("[name=confirm]", "tran thi do")
        await page.click("[data-action=confirm]")
        await expect(page.locator("[data-erase] .field.wrong")).to_be_visible()
        await page.fill("[name=confirm]", "tran thi do quyen")
        await page.click("[data-action=confirm]")
        await expect(page.locator("[data-proof] h1")).to_be_focused()
        assert set(await page.locator("[data-left]").all_inner_texts()) == {"0"}
        found = (await center.client.get("/api/v1/people", params={"q": "tran thi do quyen"})).json()
        assert found["items"] == []
