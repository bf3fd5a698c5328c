"""a scene's truth + what a system decided → precision and recall of identity per visit, misses, wrong names, strangers and pictures named.

A decision belongs to the visit whose person or face its box fits best in the frame nearest to its moment.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from msgspec import Struct

from simulators.scenes.truth import Box, FrameTruth, Truth, VisitTruth

_LEAST_FIT: Final = 0.3
_LATEST_S: Final = 0.5
"""A decision farther than this from every frame belongs to nobody."""


class Decision(Struct, frozen=True, kw_only=True):
    """What a system said about a box of a frame; `name` None: unknown. `track` tells one system's tracks apart."""

    name: str | None
    at_s: float
    box: Box
    track: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A visit and what was said about it: names in order, without repetition; decisions about a held-up picture are not among them."""

    visit: VisitTruth
    names: tuple[str, ...]
    first_s: float | None

    @property
    def right(self) -> bool:
        """Return whether an enrolled visitor was called by their name and by no other."""
        return self.visit.known and self.names == (self.visit.person,)

    @property
    def wrong(self) -> bool:
        """Return whether any other name was said."""
        return any(name != self.visit.person or not self.visit.known for name in self.names)


class Score(Struct, frozen=True, kw_only=True):
    """How a system did. Visits count, not frames; a visit with a right and a wrong name is wrong.

    `due`: visits of enrolled people whose face could be recognised. `bonus`: right ones that could hardly be. `strays`: named decisions
    that fit nobody. `seconds_to_name`: the median time from when a face could first be recognised to its name.
    """

    visits: int
    due: int
    right: int
    bonus: int
    missed: int
    wrong: int
    strangers: int
    strangers_named: int
    pictures_named: int
    strays: int
    seconds_to_name: float | None

    @property
    def precision(self) -> float:
        """Return the share of named visits, pictures and strays that have their right name; 1 if nothing was named."""
        said = self.right + self.bonus + self.wrong + self.strangers_named + self.pictures_named + self.strays
        return (self.right + self.bonus) / said if said else 1.0

    @property
    def recall(self) -> float:
        """Return the share of due visits that got their right name; 1 if none was due."""
        return self.right / self.due if self.due else 1.0


class Matched(Struct, frozen=True, kw_only=True):
    """Which decisions belong to which visit, in order of time; which to a picture held up; which to nobody."""

    visits: dict[str, list[Decision]]
    pictures: list[Decision]
    strays: list[Decision]


def matched(truth: Truth, decisions: Iterable[Decision]) -> Matched:
    """Sort decisions by whom they are about."""
    found = Matched(visits=defaultdict(list), pictures=[], strays=[])
    for decision in sorted(decisions, key=lambda one: one.at_s):
        frame = _frame(truth, decision.at_s)
        visit, live = _about(frame, decision.box) if frame else (None, True)
        if visit is None:
            found.strays.append(decision)
        elif live:
            found.visits[visit].append(decision)
        else:
            found.pictures.append(decision)
    return found


def told(truth: Truth, sorted_: Matched) -> tuple[Told, ...]:
    """Return what was said about each visit."""
    return tuple(_told(visit, sorted_.visits.get(visit.id, [])) for visit in truth.visits)


def scored(truth: Truth, decisions: Iterable[Decision]) -> Score:
    """Compare what was decided with what was true."""
    sorted_ = matched(truth, decisions)
    said = told(truth, sorted_)
    known = [one for one in said if one.visit.known]
    strangers = [one for one in said if not one.visit.known]
    due = [one for one in known if one.visit.usable_s is not None]
    right = [one for one in due if one.right]
    waits = [one.first_s - one.visit.usable_s for one in right if one.first_s is not None and one.visit.usable_s is not None]
    return Score(
        visits=len(said),
        due=len(due),
        right=len(right),
        bonus=sum(one.right for one in known if one.visit.usable_s is None),
        missed=sum(not one.names for one in due),
        wrong=sum(one.wrong for one in known),
        strangers=len(strangers),
        strangers_named=sum(bool(one.names) for one in strangers),
        pictures_named=len({decision.track or decision.name for decision in sorted_.pictures if decision.name is not None}),
        strays=sum(decision.name is not None for decision in sorted_.strays),
        seconds_to_name=round(median(waits), 3) if waits else None,
    )


def _told(visit: VisitTruth, decisions: Sequence[Decision]) -> Told:
    names = tuple(dict.fromkeys(decision.name for decision in decisions if decision.name is not None))
    first = next((decision.at_s for decision in decisions if decision.name == visit.person), None)
    return Told(visit, names, first)


def _frame(truth: Truth, at_s: float) -> FrameTruth | None:
    """Return the frame nearest to a moment."""
    if not truth.frames:
        return None
    first = truth.frames[0].number
    index = min(max(round(at_s * truth.scene.fps) - first, 0), len(truth.frames) - 1)
    frame = truth.frames[index]
    return frame if abs(frame.at_s - at_s) <= _LATEST_S else None


def _about(frame: FrameTruth, box: Box) -> tuple[str | None, bool]:
    """Return the visit whose face or person fits a box best, and whether it is the living one."""
    fits: list[tuple[float, str, bool]] = []
    for one in frame.people:
        fits.append((_fit(one.box, box), one.visit, True))
        fits += [(_fit(face.box, box), one.visit, face.live) for face in one.faces]
    best = max(fits, default=(0.0, "", True))
    return (best[1], best[2]) if best[0] >= _LEAST_FIT else (None, True)


def _fit(a: Box, b: Box) -> float:
    """Return the intersection over the union of two boxes."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    common = max(0.0, wide) * max(0.0, high)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return common / union if union > 0 else 0.0
