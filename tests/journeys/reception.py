"""An occasion at whose gate somebody is received: made through REST as organisers do, its delegates invented."""

from dataclasses import dataclass, field
from typing import Any, Final, Self

import uuid6

from tests.center.running import RunningCenter

GATE: Final = "cong-chinh"
OTHERS: Final = "Phiên bế mạc"
LONG: Final = "Công Tằng Tôn Nữ Hoàng Phương Ngọc Diễm Quỳnh"
DELEGATES: Final = (
    ("Đại biểu", "Nguyễn Thị Hồng Ngọc", "Phó Chủ tịch Hội Liên hiệp Phụ nữ", "Chi bộ Tổ dân phố số 1", "A-12"),
    ("Đại biểu", "Trần Quốc Khánh", "Bí thư Chi bộ", "Chi bộ Tổ dân phố số 1", "B-07"),
    ("Đại biểu", LONG, "Chủ tịch Ủy ban Mặt trận Tổ quốc Việt Nam phường, Trưởng ban Công tác Mặt trận", "Mặt trận Tổ quốc phường", "A-01"),
    ("Đồng chí", "Lê Ỗn Ặng Ễ", "", "", ""),
    ("Đại biểu", "Phạm Văn Đức", "Ủy viên Ban Chấp hành", "Đảng bộ Công an phường", "C-03"),
    ("Đại biểu", "Đỗ Minh Đức", "Trưởng ban", "Đảng bộ Công an phường", "C-04"),
)
ELSEWHERE: Final = "Vũ Hồng Sơn"
"""A delegate of the other list alone."""


@dataclass
class Reception:
    """An open occasion with a gate, and who is expected; `ids` by name."""

    center: RunningCenter
    occasion: str
    in_list: str
    gate: str
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def prepare(cls, center: RunningCenter, gate: str) -> Self:
        """Make it, and open it."""
        times = {"starts": "2026-11-26T00:00:00Z", "ends": "2036-11-27T00:00:00Z"}
        made = await _post(center, "/occasions", name="Đại hội Đại biểu Đảng bộ phường Phù Liễn", place="Hội trường lớn", **times)
        place = f"/occasions/{made['id']}"
        here = await _post(center, f"{place}/lists", name="Phiên khai mạc")
        there = await _post(center, f"{place}/lists", name=OTHERS)
        await _post(center, f"{place}/gates", id=gate, name="Cổng chính", list=here["id"], direction="in")
        self = cls(center, made["id"], here["id"], gate)
        for number, (title, name, position, unit, seat) in enumerate(DELEGATES):
            told = {"position": position, "unit": unit, "delegation": unit, "seat": seat, "code": f"{gate}-{number}-0000"}
            self.ids[name] = (await _post(center, f"{place}/delegates", title=title, name=name, lists=[here["id"]], **told))["id"]
        self.ids[ELSEWHERE] = (await _post(center, f"{place}/delegates", title="Đại biểu", name=ELSEWHERE, lists=[there["id"]]))["id"]
        await self.move("rehearsal")
        await self.move("open")
        return self

    async def move(self, state: str) -> None:
        await _post(self.center, f"/occasions/{self.occasion}/state", state=state)

    async def enter(self, *names: str) -> None:
        """Let them pass at the gate, as a desk there does."""
        for name in names:
            asked = {"id": str(uuid6.uuid7()), "gate": self.gate, "direction": "in", "method": "name", "delegate": self.ids[name]}
            await _post(self.center, f"/lists/{self.in_list}/passages", **asked)

    async def attendance(self) -> tuple[int, int]:
        """Return how many came, and how many are expected."""
        told = (await self.center.client.get(f"/api/v1/lists/{self.in_list}/attendance")).json()
        return told["arrived"], told["expected"]

    async def passages(self) -> list[dict[str, Any]]:
        """Return all passages, the newest first."""
        items: list[dict[str, Any]] = (await self.center.client.get(f"/api/v1/lists/{self.in_list}/passages")).json()["items"]
        return items


async def _post(center: RunningCenter, path: str, **body: object) -> dict[str, Any]:
    answer = await center.client.post(f"/api/v1{path}", json=body)
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told
