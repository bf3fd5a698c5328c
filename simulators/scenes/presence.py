"""somebody drawn, and what is drawn over them afterwards → their presence in the frame: boxes, and how much of each is seen."""

from dataclasses import dataclass

from simulators.scenes.cast import Visit
from simulators.scenes.figure import Figure
from simulators.scenes.layers import Layer, Rect
from simulators.scenes.seen import Seen
from simulators.scenes.things import Thing
from simulators.scenes.truth import Box, CodeTruth, FaceTruth, Points, Presence


@dataclass(frozen=True, slots=True)
class Lens:
    """How long the shutter is open, and by how many pixels the focus blurs."""

    exposure_s: float
    blur_px: float


class Drawn:
    """Somebody in the picture."""

    def __init__(self, visit: Visit, figure: Figure, lens: Lens) -> None:
        frame = Rect(0, 0, figure.optics.width, figure.optics.height)
        self._visit = visit
        self._figure = figure
        self._blur_px = lens.blur_px + max(abs(moved) for moved in figure.moved_xy(lens.exposure_s))
        self._body = Seen(figure.box, frame)
        self._face = Seen(figure.face_box, frame) if figure.stance.facing else None
        self._thing = figure.holds
        self._shown = Seen(figure.thing_box(self._thing), frame) if self._thing else None
        whole = figure.box
        self._reach = Rect(int(whole[0]) - 1, int(whole[1]) - 1, int(whole[2]) + 2, int(whole[3]) + 2)

    def cover(self, layer: Layer) -> bool:
        """Take away what a nearer layer hides; return whether it lies over them at all."""
        if self._reach.within(layer.rect).empty:
            return False
        for seen in (self._body, self._face, self._shown):
            if seen is not None:
                seen.cover(layer)
        return True

    def presence(self) -> Presence:
        """Return where they are."""
        figure, visit = self._figure, self._visit
        thing, faces = self._thing, []
        if self._face is not None:
            own = self._face.share * (1 - figure.body.hidden) * (1 - _hidden(figure, thing))
            faces.append(self._told(visit.arrival.person, figure.face_box, figure.landmarks, own))
        code = None
        if thing is not None and self._shown is not None:
            box = _rounded(figure.thing_box(thing))
            if thing.text is not None:
                code = CodeTruth(text=thing.text, box=box, visible=self._shown.share)
            elif visit.arrival.shows is not None:
                faces.append(self._told(visit.arrival.shows, box, figure.thing_landmarks(thing), self._shown.share, live=False))
        return Presence(
            visit=visit.id,
            person=visit.arrival.person,
            box=_rounded(figure.box),
            visible=self._body.share,
            distance_m=round(figure.stance.z_m, 3),
            faces=tuple(faces),
            code=code,
        )

    def _told(self, person: str, box: Box, landmarks: Points, visible: float, *, live: bool = True) -> FaceTruth:
        points = tuple((round(x, 2), round(y, 2)) for x, y in landmarks)
        return FaceTruth(
            person=person, box=_rounded(box), landmarks=points, visible=round(visible, 4), live=live, blur_px=round(self._blur_px, 2)
        )


def _hidden(figure: Figure, thing: Thing | None) -> float:
    """Return the share of the own face that the thing held up covers."""
    if thing is None:
        return 0.0
    left, top, right, bottom = figure.face_box
    a, b, c, d = figure.thing_outline(thing)
    wide, high = min(right, c) - max(left, a), min(bottom, d) - max(top, b)
    return max(0.0, wide) * max(0.0, high) / ((right - left) * (bottom - top))


def _rounded(box: Box) -> Box:
    left, top, right, bottom = (round(value, 2) for value in box)
    return left, top, right, bottom
