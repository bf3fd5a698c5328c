"""a picture and what was found out about its faces → the picture with boxes, landmarks and the findings written beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import matplotlib as mpl
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from vision.faces import Face
from vision.frames import Image

_FONT: Final = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
"""Comes with the package and has every letter of Vietnamese."""
_BOLD: Final = _FONT.with_name("DejaVuSans-Bold.ttf")
_LONGEST: Final = 1100
"""Pixels of the picture's longer side; a larger one is made smaller."""
_PANEL: Final = 560
_MARGIN: Final = 18
_TEXT: Final = 17
_LEADING: Final = 25
_BAR: Final = 5
"""Pixels: a line in the colour of its face stands before what is said about it."""
_INK: Final = "#1d1d1d"
_PAPER: Final = "#fbfbf8"


class Mark(Enum):
    """What a face came to, as a colour that also the colour-blind tell apart; each card says it in words too."""

    NAMED = "#0072b2"
    UNKNOWN = "#e69f00"
    UNUSABLE = "#6b6b6b"


@dataclass(frozen=True, slots=True)
class Card:
    """What is said about one face: a title and lines below it."""

    face: Face
    mark: Mark
    title: str
    lines: Sequence[str]


def drawn(image: Image, cards: Sequence[Card], headline: str) -> Pictures.Image:
    """Return the picture with its faces numbered, and a panel at its right with a card for each."""
    height, width = image.shape[:2]
    scale = min(1.0, _LONGEST / max(height, width))
    shown = Pictures.fromarray(image[:, :, ::-1].copy()).resize((max(1, round(width * scale)), max(1, round(height * scale))))
    panel = _panel(cards, headline)
    sheet = Pictures.new("RGB", (shown.width + panel.width, max(shown.height, panel.height)), _PAPER)
    sheet.paste(shown, (0, 0))
    sheet.paste(panel, (shown.width, 0))
    pen = ImageDraw.Draw(sheet)
    for number, card in enumerate(cards, 1):
        _face(pen, number, card, scale, shown.size)
    return sheet


def _face(pen: ImageDraw.ImageDraw, number: int, card: Card, scale: float, size: tuple[int, int]) -> None:
    left, top, right, bottom = (float(value) * scale for value in card.face.box_xyxy)
    pen.rectangle((left, top, min(right, size[0] - 1), bottom), outline=card.mark.value, width=3)
    for x, y in card.face.landmarks_xy * scale:
        pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=card.mark.value, outline="white")
    font = ImageFont.truetype(_BOLD, _TEXT + 3)
    x, y = max(0.0, left), max(0.0, top)
    pen.rectangle((x, y, x + 14 + font.getlength(str(number)), y + 28), fill=card.mark.value)
    pen.text((x + 7, y + 2), str(number), font=font, fill="white")


def _panel(cards: Sequence[Card], headline: str) -> Pictures.Image:
    plain, bold = ImageFont.truetype(_FONT, _TEXT), ImageFont.truetype(_BOLD, _TEXT)
    rows: list[tuple[str, str, ImageFont.FreeTypeFont]] = [(line, _PAPER, bold) for line in _wrapped(headline, bold)]
    for number, card in enumerate(cards, 1):
        rows += [("", _PAPER, plain), *((line, card.mark.value, bold) for line in _wrapped(f"{number}. {card.title}", bold))]
        rows += [(line, card.mark.value, plain) for text in card.lines for line in _wrapped(text, plain)]
    panel = Pictures.new("RGB", (_PANEL, 2 * _MARGIN + _LEADING * len(rows)), _PAPER)
    pen = ImageDraw.Draw(panel)
    for place, (line, colour, font) in enumerate(rows):
        top = _MARGIN + place * _LEADING
        pen.rectangle((_MARGIN, top, _MARGIN + _BAR, top + _LEADING), fill=colour)
        pen.text((_MARGIN + 3 * _BAR, top), line, font=font, fill=_INK)
    return panel


def _wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and font.getlength(longer) > _PANEL - 2 * _MARGIN - 3 * _BAR:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
