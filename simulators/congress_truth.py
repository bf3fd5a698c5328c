"""what the gates told and what the center says → the congress's attendance beside the truth, as the demo's report has it."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from simulators import attendance, gate_scene, hall
from simulators.attendance import Comparison, Told
from simulators.congress_setup import Made
from simulators.organiser import Passage
from wardroom.admission import Direction, Method

_GRACE_S: Final = 15.0
"""Whoever was before the camera so long before the end should have been known."""


class Attendance(Struct, frozen=True, kw_only=True):
    """Passages the gates told, and how the center has them; delegates who came before a camera, and how many of them it knew."""

    told: int
    right: int
    missing: int
    unknown: int
    wrong: int
    shown: int
    seen: int

    @property
    def is_right(self) -> bool:
        """Whether the center has counted exactly what was told and read."""
        return not (self.missing or self.unknown or self.wrong)


def compared(made: Made, noted: set[str], said: Mapping[str, Passage], now_us: int) -> tuple[Attendance, Comparison]:
    """Return the attendance: `noted` are the ids the gates told; what was seen on pixels must be somebody who came there."""
    told = [one for one in made.told if one.id in noted]
    came = {one.delegate for one in made.shown}
    read = [_read(name, one) for name, one in said.items() if one.gate == hall.MAIN.id and one.counted.delegate in came]
    counted = {name: one.counted for name, one in said.items()}
    found = attendance.compared(attendance.truth([*told, *read], made.revoked), counted)
    over_s = (now_us - made.start_us) / 1e6 - _GRACE_S
    gone = zip(made.shown, gate_scene.gone_by(made.scene), strict=True)
    due = {one.delegate for one, gone_s in gone if gone_s < over_s and one.delegate is not None}
    summary = Attendance(
        told=len(told),
        right=found.right,
        missing=len(found.missing),
        unknown=len(found.unknown),
        wrong=len(found.wrong),
        shown=len(due),
        seen=len(due & {one.delegate for one in read}),
    )
    return summary, found


def _read(name: str, one: Passage) -> Told:
    counted = one.counted
    foreign = counted.delegate is None
    return Told(
        id=name,
        at_us=counted.at_us,
        gate=hall.MAIN.id,
        direction=Direction.IN,
        method=Method.CODE,
        delegate=counted.delegate,
        foreign=foreign,
    )
