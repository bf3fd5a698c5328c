"""Imports and papers over real HTTP."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.center.running import RunningCenter

pytestmark = pytest.mark.servers

CONGRESS = (Path(__file__).parent / "workbooks" / "congress.xlsx").read_bytes()
PLANNED = {"name": "Đại hội", "starts": "2026-11-26T08:00:00+07:00", "ends": "2026-11-27T17:00:00+07:00"}
NOBODY = "018f0000-0000-7000-8000-000000000001"
ORGANISERS: tuple[tuple[str, str], ...] = (
    ("POST", f"occasions/{NOBODY}/imports"),
    ("GET", f"imports/{NOBODY}"),
    ("POST", f"imports/{NOBODY}/commit"),
    ("DELETE", f"imports/{NOBODY}"),
    ("GET", f"lists/{NOBODY}/attendance.xlsx"),
    ("GET", f"lists/{NOBODY}/attendance.pdf"),
    ("GET", f"occasions/{NOBODY}/badges.pdf"),
    ("GET", f"delegates/{NOBODY}/badge.pdf"),
    ("GET", "papers/delegates.xlsx"),
)


async def rested(center: RunningCenter, job: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            found: dict[str, Any] = (await center.client.get(f"/api/v1/imports/{job}", headers={"accept-language": "en"})).json()
            if found["state"] not in {"running", "storing"}:
                return found
            await asyncio.sleep(0.05)


async def test_a_workbook_becomes_delegates_over_http(center: RunningCenter) -> None:
    occasion = (await center.client.post("/api/v1/occasions", json=PLANNED)).json()["id"]
    in_list = (await center.client.post(f"/api/v1/occasions/{occasion}/lists", json={"name": "Khai mạc"})).json()["id"]
    upload = (await center.client.post("/api/v1/uploads?name=ds.xlsx", content=CONGRESS)).json()["id"]
    begun = await center.client.post(f"/api/v1/occasions/{occasion}/imports", json={"upload": upload, "lists": [in_list]})
    read = await rested(center, begun.json()["id"])
    committed = await center.client.post(f"/api/v1/imports/{read['id']}/commit")
    done = await rested(center, read["id"])
    found = (await center.client.get(f"/api/v1/occasions/{occasion}/delegates", params={"q": "duyen tran"})).json()["items"]

    assert (begun.status_code, committed.status_code) == (202, 202)
    assert (read["state"], read["rows"], read["created"], done["state"]) == ("ready", 6, 5, "done")
    assert {"field": "seat", "header": "Số ghế", "column": "H"} in read["columns"]
    assert "Row 12 repeats row 11 (Hoàng Văn Cường, same unit): one is taken." in [one["detail"] for one in read["problems"]]
    assert [(one["name"], one["seat"], one["lists"]) for one in found] == [("Trần Thị Mỹ Duyên", "A-13", [in_list])]
    assert (await center.client.delete(f"/api/v1/imports/{read['id']}")).status_code == 204
    assert (await center.client.get(f"/api/v1/imports/{read['id']}")).status_code == 404


async def test_papers_are_files_with_names(center: RunningCenter) -> None:
    occasion = (await center.client.post("/api/v1/occasions", json=PLANNED)).json()["id"]
    in_list = (await center.client.post(f"/api/v1/occasions/{occasion}/lists", json={"name": "Khai mạc"})).json()["id"]
    book = await center.client.get(f"/api/v1/lists/{in_list}/attendance.xlsx")
    template = await center.client.get("/api/v1/papers/delegates.xlsx")
    none = await center.client.get(f"/api/v1/lists/{NOBODY}/attendance.xlsx")

    assert book.headers["content-type"].endswith("spreadsheetml.sheet")
    assert book.headers["content-disposition"] == "attachment; filename*=UTF-8''%C4%90i%E1%BB%83m%20danh.xlsx"
    assert (book.status_code, template.status_code, none.status_code) == (200, 200, 404)


async def test_a_screen_may_import_and_print_nothing(center: RunningCenter) -> None:
    token, _ = await center.room.access.make_wall_token("Màn hình cửa 1", "administrator")
    async with httpx.AsyncClient(base_url=center.url, headers={"authorization": f"Bearer {token}"}) as screen:
        answers = [(await screen.request(method, f"/api/v1/{path}")).status_code for method, path in ORGANISERS]

    assert answers == [403] * len(ORGANISERS)
