"""a cast + the truth of its frames → the truth of its visits: who, from when to when, and when the face could first be recognised."""

from dataclasses import dataclass

from simulators.scenes.cast import Cast, Visit
from simulators.scenes.truth import FaceTruth, FrameTruth, VisitTruth


@dataclass(slots=True)
class _Watched:
    """What was seen of one visit so far."""

    from_s: float
    to_s: float
    usable_s: float | None = None
    usable_frames: int = 0
    largest_px: float = 0.0


class Visits:
    """Hand it each frame's truth, then ask for the visits that were in the picture."""

    def __init__(self, players: Cast) -> None:
        self._visits = {visit.id: visit for visit in players.visits}
        self._watched: dict[str, _Watched] = {}  # at most one for each arrival of the script

    def see(self, frame: FrameTruth) -> None:
        """Note who is there."""
        for one in frame.people:
            watched = self._watched.setdefault(one.visit, _Watched(frame.at_s, frame.at_s))
            watched.to_s = frame.at_s
            for face in one.faces:
                if face.usable and face.person == one.person:
                    _note(watched, face, frame.at_s)

    def truth(self) -> tuple[VisitTruth, ...]:
        """Return the visits so far, in the order of the script."""
        return tuple(self._told(self._visits[name]) for name in self._visits if name in self._watched)

    def _told(self, visit: Visit) -> VisitTruth:
        watched, arrival = self._watched[visit.id], visit.arrival
        return VisitTruth(
            id=visit.id,
            person=arrival.person,
            known=visit.known,
            picture=visit.picture,
            from_s=watched.from_s,
            to_s=watched.to_s,
            usable_s=watched.usable_s,
            usable_frames=watched.usable_frames,
            largest_px=round(watched.largest_px, 1),
            badge=arrival.badge,
            shows=arrival.shows,
        )


def _note(watched: _Watched, face: FaceTruth, at_s: float) -> None:
    watched.usable_s = at_s if watched.usable_s is None else watched.usable_s
    watched.usable_frames += 1
    watched.largest_px = max(watched.largest_px, face.width)
