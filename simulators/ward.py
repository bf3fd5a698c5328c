"""The demo ward as data: 4 offices with 2 gateways each, 40 residential groups with 1 gateway each, and what they measure."""

from dataclasses import dataclass
from typing import Final

from wardroom.messages import Name, SiteKind


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity of a sensor, and the signal of `simulators.signals` that feeds it."""

    id: str
    signal: str


@dataclass(frozen=True, slots=True)
class Sensor:
    """One simulated sensor: sampled every `period_s`, a value that stands still is told every `at_least_s`."""

    id: str
    name: Name
    period_s: float
    at_least_s: float
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A place with gateways."""

    id: str
    name: Name
    kind: SiteKind


@dataclass(frozen=True, slots=True)
class WardGateway:
    """One gateway with its sensors."""

    site: Site
    id: str
    name: Name
    sensors: tuple[Sensor, ...]


def _same(*ids: str) -> tuple[Quantity, ...]:
    return tuple(Quantity(id_, id_) for id_ in ids)


_ROOM: Final = (Quantity("temperature", "indoor_temperature"), Quantity("humidity", "indoor_humidity"))
_LOBBY: Final = Sensor("lobby-air", Name("Không khí sảnh", "Lobby air"), 5, 20, (*_ROOM, *_same("co2", "pm25")))
_HALL: Final = Sensor("hall-air", Name("Không khí hội trường", "Hall air"), 6, 20, (*_ROOM, *_same("co2")))
_ARCHIVE: Final = Sensor("archive-air", Name("Kho lưu trữ", "Archive room"), 8, 30, _ROOM)
_POWER: Final = Sensor("power-main", Name("Điện tổng", "Main power"), 4, 15, _same("power", "voltage"))
_SERVER: Final = Sensor("server-room", Name("Phòng máy chủ", "Server room"), 5, 20, (_ROOM[0], *_same("smoke")))
_DOOR: Final = Sensor("door-main", Name("Cửa chính", "Main door"), 2, 20, _same("door"))
_CABINET: Final = Sensor("cabinet", Name("Tủ kỹ thuật", "Equipment cabinet"), 5, 30, _same("tamper"))
_QUEUE: Final = Sensor("queue", Name("Người chờ làm thủ tục", "People waiting"), 4, 20, _same("queue"))
_YARD: Final = Sensor("yard", Name("Sân trụ sở", "Office yard"), 5, 20, _same("noise", "light"))

_AIR: Final = Sensor("air", Name("Không khí", "Air"), 5, 30, _same("temperature", "pm25"))
_STREET: Final = Sensor("street", Name("Trục đường chính", "Main street"), 6, 30, _same("pm10", "noise"))
_WATER: Final = Sensor("water", Name("Điểm ngập", "Flood gauge"), 6, 30, _same("rain", "flood_level"))
_HOUSE: Final = Sensor("culture-house", Name("Nhà văn hóa", "Cultural house"), 8, 30, (*_ROOM, *_same("smoke")))
_GATE: Final = Sensor("house-door", Name("Cửa nhà văn hóa", "Cultural house door"), 2, 30, _same("door"))

_OFFICES: Final = (
    Site("vp-ubnd", Name("Trụ sở UBND phường", "People's Committee office"), SiteKind.OFFICE),
    Site("vp-hcc", Name("Trung tâm Phục vụ hành chính công", "One-stop service centre"), SiteKind.OFFICE),
    Site("vp-dang-uy", Name("Trụ sở Đảng ủy phường", "Party Committee office"), SiteKind.OFFICE),
    Site("vp-cong-an", Name("Trụ sở Công an phường", "Police office"), SiteKind.OFFICE),
)
HALL: Final = _OFFICES[0]
"""The office with the hall that congresses are held in."""
_INSIDE: Final = {
    "vp-ubnd": (_LOBBY, _POWER, _HALL),
    "vp-hcc": (_LOBBY, _POWER, _QUEUE),
    "vp-dang-uy": (_LOBBY, _POWER, _HALL),
    "vp-cong-an": (_LOBBY, _POWER),
}
_AROUND: Final = {
    "vp-ubnd": (_DOOR, _SERVER, _YARD, _ARCHIVE),
    "vp-hcc": (_DOOR, _SERVER, _ARCHIVE),
    "vp-dang-uy": (_DOOR, _YARD, _CABINET),
    "vp-cong-an": (_DOOR, _SERVER, _CABINET),
}
GROUPS: Final = 40


def _office(site: Site) -> tuple[WardGateway, WardGateway]:
    inside = WardGateway(site, "gw-1", Name("Cổng trong nhà", "Indoor gateway"), _INSIDE[site.id])
    around = WardGateway(site, "gw-2", Name("Cổng an ninh", "Security gateway"), _AROUND[site.id])
    return inside, around


def _group(number: int) -> WardGateway:
    site = Site(f"tdp-{number:02}", Name(f"Tổ dân phố {number}", f"Residential group {number}"), SiteKind.RESIDENTIAL_GROUP)
    sensors = [_AIR]
    if number % 4 == 0:
        sensors.append(_WATER)
    if number % 5 == 1:
        sensors.append(_STREET)
    if number % 7 == 3:
        sensors += [_HOUSE, _GATE]
    return WardGateway(site, "gw-1", Name("Cổng nhà văn hóa", "Cultural house gateway"), tuple(sensors))


LOAD: Final = WardGateway(
    Site("tai-thu", Name("Thử tải", "Load test"), SiteKind.PUBLIC_PLACE), "gw-1", Name("Cổng thử tải", "Load gateway"), ()
)
"""A gateway for `wardroom simulate load`; nobody sees it before it sends."""

GATEWAYS: Final[tuple[WardGateway, ...]] = (
    *(gateway for site in _OFFICES for gateway in _office(site)),
    *(_group(number) for number in range(1, GROUPS + 1)),
)
