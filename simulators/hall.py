"""The demo's congress as data: a hall of an office with two entrances and an exit, each with a camera, behind two further gateways."""

from typing import Final

from simulators import ward
from simulators.arrivals import Curve, Gate, Shares
from simulators.entrance import Entrance
from simulators.ward import WardGateway
from wardroom.admission import Direction
from wardroom.messages import Name

HALL: Final = ward.HALL
MAIN: Final = Gate("cua-chinh")
SIDE: Final = Gate("cua-phu")
EXIT: Final = Gate("cua-ra", Direction.OUT)
GATES: Final = (MAIN, SIDE, EXIT)
ENTRANCES: Final = (
    Entrance(gate=MAIN, name="Cửa chính", site=HALL.id, gateway="gw-3", camera=MAIN.id),
    Entrance(gate=SIDE, name="Cửa phụ", site=HALL.id, gateway="gw-4", camera=SIDE.id),
    Entrance(gate=EXIT, name="Cửa ra", site=HALL.id, gateway="gw-4", camera=EXIT.id),
)
GATEWAYS: Final = (
    WardGateway(HALL, "gw-3", Name("Cổng kiểm tra đại biểu 1", "Check-in gateway 1"), ()),
    WardGateway(HALL, "gw-4", Name("Cổng kiểm tra đại biểu 2", "Check-in gateway 2"), ()),
)
OCCASION: Final = "Đại hội đại biểu phường (mô phỏng)"
PLACE: Final = "Hội trường UBND phường"
LIST: Final = "Phiên khai mạc"
CURVE: Final = Curve(first_s=-1_320.0, peak_s=-900.0, last_s=-120.0, late_s=600.0)
SHARES: Final = Shares()
TIMES: Final = 5.0
"""Seconds of the congress in a second of the demo: all are there after six or seven minutes."""
