"""the built front end's folder → the fonts of what is printed: they come with the program, for a machine may have none.

Be Vietnam Pro for badges, Tinos (as wide as Times New Roman, which offices write in) for documents; both under the SIL Open Font License.
"""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from wardroom.errors import WardroomError

SHIPPED: Final = Path(__file__).parents[1] / "web" / "dist"
_FOLDER: Final = "fonts"


class Face(StrEnum):
    """A font, by the name of its file."""

    SANS = "BeVietnamPro_400Regular"
    SANS_BOLD = "BeVietnamPro_700Bold"
    SERIF = "Tinos_400Regular"
    SERIF_BOLD = "Tinos_700Bold"
    SERIF_ITALIC = "Tinos_400Regular_Italic"


def load(web: Path | None = None) -> None:
    """Have every font ready for ReportLab, from `web` or the shipped folder; raises WardroomError where one was not built."""
    rl_config.useA85 = 0
    for face in Face:
        if face.value not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(_font(face, web))


def width(text: str, face: Face, size: float) -> float:
    """Return how wide a text is in points."""
    return size * sum(_unit(word, face) for word in text.split(" ")) + size * text.count(" ") * _unit(" ", face)


@lru_cache(maxsize=20_000)
def _unit(word: str, face: Face) -> float:
    """Return how wide a word is at one point."""
    return float(pdfmetrics.stringWidth(word, face.value, 1))


def _font(face: Face, web: Path | None) -> TTFont:
    places = [folder / _FOLDER / f"{face.value}.ttf" for folder in (web, SHIPPED) if folder is not None]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        raise WardroomError("papers.no_fonts", folder=places[-1].parent)
    try:
        return TTFont(face.value, str(file))
    except TTFError as error:
        raise WardroomError("papers.no_fonts", folder=file.parent) from error
