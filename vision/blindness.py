"""persons and faces as they appear → whether a camera sees persons and not one face: a wrong angle, a wrong colour order, a dirty lens.

Only persons near enough to show a face count. One face ends it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """After how much of nothing a camera counts as blind: so many `persons` at least `tall_px` high, over at least `seconds`."""

    persons: int = 20
    seconds: float = 300.0
    tall_px: float = 240.0


class Blindness:
    """Persons without a face, counted since the last face."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self._persons = 0
        self._since: float | None = None

    def person(self, seconds: float) -> None:
        """Count a person near enough to show a face."""
        self._since = seconds if self._since is None else self._since
        self._persons += 1

    def face(self) -> None:
        """Begin anew: a face was seen."""
        self._persons, self._since = 0, None

    def blind(self, seconds: float) -> bool:
        """Return whether so many persons passed for so long without a face."""
        since = seconds if self._since is None else self._since
        return self._persons >= self.patience.persons and seconds - since >= self.patience.seconds
