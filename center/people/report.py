"""a photo → what was found in it: its measures, what is kept of it, or why it is of no use; and what looks at photos, as others see it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from center.people.models import NearestOut, PhotoOut
from vision.faces import Embeddings
from vision.gallery import Gallery
from wardroom.errors import Spoken

Error = TypeVar("Error", bound=BaseException)


def light(error: Error) -> Error:
    """Return an error that can be kept: without the frames it came through, which hold whole pictures for as long as it lives."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    return error


@dataclass(frozen=True, slots=True)
class Measures:
    """Of the surest face; None where there is no face.

    `faces`: how many were found. `size_px`: the shorter side of its box, pixels of the photo as it was sent. `blur`: 0 sharp to 1 smeared.
    `pose_deg`: how far it is turned, raised or tilted, whichever is most. `exposure`: its brightness, 0 to 1.
    """

    faces: int
    size_px: float | None = None
    blur: float | None = None
    pose_deg: float | None = None
    exposure: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Usable:
    """What is kept of a photo. `jpeg`: of at most 1280 pixels, without notes of the camera. `embedding`: (1, dimensions)."""

    jpeg: bytes
    embedding: Embeddings


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A photo that was looked at: what is kept of it, or `refusal`, why it is of no use."""

    measures: Measures
    usable: Usable | None
    refusal: Spoken | None = None


class Examiner(Protocol):
    """Looks at photos."""

    @property
    def model(self) -> str:
        """Return whose embeddings it makes: those of different models never meet."""
        ...

    @property
    def dimensions(self) -> int:
        """Return the length of an embedding."""
        ...

    def examined(self, data: bytes, name: str) -> Examined:
        """Return what is in a photo; `name`: what a refusal calls it."""
        ...


@dataclass(frozen=True, slots=True)
class Among:
    """Whom a photo is compared with, where that is not everybody enrolled: `gallery`, and `names` of those not on record yet."""

    gallery: Gallery | None
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Who else looks most like a photo, and the cosine."""

    person: str
    name: str
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A photo that was held against everybody enrolled. `refusal`: why nothing of it is kept; None where it is."""

    file: str
    measures: Measures
    usable: Usable | None
    refusal: Spoken | None
    nearest: Nearest | None = None

    def out(self, photo: str | None, created: datetime, language: str) -> PhotoOut:
        """Return it as the REST interface tells it, in the language of whoever asks."""
        nearest = self.nearest
        return PhotoOut(
            id=photo,
            file=self.file,
            accepted=self.refusal is None,
            reason=None if self.refusal is None else self.refusal.sentence(language),
            nearest=None if nearest is None else NearestOut(person=nearest.person, name=nearest.name, score=round(nearest.score, 3)),
            created=created,
            **asdict(self.measures),
        )
