"""a seed → the delegates of a simulated congress: names put together from common Vietnamese parts, every unit marked as simulated."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Final

COUNT: Final = 215
MARK: Final = "(mô phỏng)"
"""Stands behind every unit and delegation, so that nobody takes a simulated person for a real one."""
_ROW: Final = 16
"""Seats in a row."""
_ABC: Final = "ABCDEFGHJKLMNPQRSTUVXY"

_FAMILY: Final = ("Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Đinh", "Đoàn")
_MIDDLE: Final = (
    ("Thị", "Thu", "Minh", "Ngọc", "Thanh", "Bích", "Hồng", "Kim"),
    ("Văn", "Hữu", "Đức", "Quang", "Xuân", "Công", "Mạnh", "Tiến"),
)
_GIVEN: Final = (
    ("Hà", "Hương", "Lan", "Thảo", "Nhung", "Yến", "Hạnh", "Thủy", "Ngân", "Dung", "Phương", "Oanh", "Hiền", "Huệ", "Nguyệt", "Tuyết"),
    ("Dũng", "Hùng", "Sơn", "Thắng", "Cường", "Tuấn", "Bình", "Phúc", "Lộc", "Đạt", "Khánh", "Nghĩa", "Trường", "Ước", "Vượng", "Huỳnh"),
)
_BLOCKS: Final = {
    "Khối Đảng": ("Văn phòng Đảng ủy", "Ban Xây dựng Đảng", "Ủy ban Kiểm tra Đảng ủy"),
    "Khối Ủy ban nhân dân": ("Văn phòng HĐND và UBND", "Phòng Kinh tế, Hạ tầng và Đô thị", "Phòng Văn hóa – Xã hội"),
    "Khối Mặt trận và đoàn thể": ("Ủy ban MTTQ Việt Nam", "Hội Liên hiệp Phụ nữ", "Hội Cựu chiến binh", "Đoàn Thanh niên"),
    "Khối Giáo dục": ("Trường Trung học cơ sở", "Trường Tiểu học", "Trường Mầm non"),
    "Khối Y tế": ("Trạm Y tế", "Nhà thuốc Trung tâm"),
    "Khối Công an, Quân sự": ("Công an phường", "Ban Chỉ huy Quân sự"),
    "Khối Doanh nghiệp": ("Hợp tác xã Dịch vụ", "Chi hội Doanh nghiệp"),
}
_CLUSTERS: Final = 5
_GROUPS: Final = 8
"""Residential groups of each cluster: 40 together."""
_POSITIONS: Final = ("Đại biểu", "Bí thư chi bộ", "Phó Bí thư chi bộ", "Trưởng ban", "Phó Trưởng ban", "Chuyên viên", "Đảng viên")


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody who is invited. `number`: from 1, as in the list; `code`: the badge's text, short enough for the coarsest of QR codes."""

    number: int
    title: str
    name: str
    position: str
    unit: str
    delegation: str
    seat: str
    code: str


def delegates(seed: int, count: int = COUNT) -> tuple[Delegate, ...]:
    """Return the delegates, the same for the same seed; no two have the same name, seat or code."""
    chance = Random(f"delegates:{seed}")
    names = _names(chance)
    units = cycle([(delegation, unit) for delegation, units in _delegations().items() for unit in units])
    return tuple(_delegate(number, next(names), next(units), chance) for number in range(1, count + 1))


def _delegate(number: int, name: str, place: tuple[str, str], chance: Random) -> Delegate:
    delegation, unit = place
    row, column = divmod(number - 1, _ROW)
    return Delegate(
        number=number,
        title="Đồng chí",
        name=name,
        position=chance.choice(_POSITIONS),
        unit=f"{unit} {MARK}",
        delegation=f"{delegation} {MARK}",
        seat=f"{_ABC[row % len(_ABC)]}{column + 1 + _ROW * (row // len(_ABC)):02}",
        code=f"WR1:{chance.getrandbits(80):020X}",
    )


def _delegations() -> dict[str, tuple[str, ...]]:
    clusters = {
        f"Cụm dân cư số {cluster + 1}": tuple(f"Tổ dân phố {cluster * _GROUPS + group + 1}" for group in range(_GROUPS))
        for cluster in range(_CLUSTERS)
    }
    return _BLOCKS | clusters


def _names(chance: Random) -> Iterator[str]:
    """Yield names nobody had yet; a fourth name is given where three are not enough."""
    taken: set[str] = set()
    while True:
        side = chance.randrange(2)
        parts = [chance.choice(_FAMILY), chance.choice(_MIDDLE[side]), chance.choice(_GIVEN[side])]
        while " ".join(parts) in taken:
            parts.insert(2, chance.choice(_GIVEN[side]))
        taken.add(" ".join(parts))
        yield " ".join(parts)
