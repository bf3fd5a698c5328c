"""delegates with their codes → badges to print and cut: eight to a page of A4, or one of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from center.papers.fonts import Face
from center.papers.typesetting import fitted

CARD: Final = (90 * mm, 55 * mm)
_COLUMNS, _ROWS = 2, 4
_EACH: Final = _COLUMNS * _ROWS
_EDGE: Final = 4 * mm
_BAND: Final = 12 * mm
_QR: Final = 27 * mm
_QUIET: Final = 4
_DARK: Final = re.compile(rb"\x01+")
_MASK: Final = 3
_MARK: Final = 4 * mm
_LEADINGS: Final = (
    (1.46, re.compile("[ẤẦẨẪẮẰẲẴẾỀỂỄỐỒỔỖ]")),
    (1.32, re.compile("[ÁÀẢÃÂẬĂẶÉÈẺẼÊỆÍÌỈĨÓÒỎÕÔỘƠỚỜỞỠỢÚÙỦŨỨỪỬỮÝỲỶỸ]")),
    (1.2, re.compile("")),
)
"""How far apart lines are, in sizes: two marks on a capital rise 1.18 above the line, and the one before reaches 0.25 below its own."""
_SCALES: Final = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7)
_GREY: Final = HexColor("#444444")
_BLACK: Final = HexColor("#000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What all badges of an occasion show: its heading, and the band's colours (#rrggbb)."""

    heading: str
    background: str
    ink: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """One delegate's badge. `code`: the text of the QR, empty where there is none to print."""

    title: str
    name: str
    position: str
    unit: str
    delegation: str
    seat: str
    code: str


def sheets(badges: Sequence[Badge], style: Style) -> bytes:
    """Return a PDF of whole pages with marks to cut along."""
    made = BytesIO()
    canvas = _canvas(made, A4, style)
    left, bottom = (A4[0] - _COLUMNS * CARD[0]) / 2, (A4[1] - _ROWS * CARD[1]) / 2
    for start in range(0, len(badges), _EACH):
        _marks(canvas, left, bottom)
        for place, badge in enumerate(badges[start : start + _EACH]):
            row, column = divmod(place, _COLUMNS)
            _card(canvas, badge, style, left + column * CARD[0], bottom + (_ROWS - 1 - row) * CARD[1])
        canvas.showPage()
    if not badges:
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def single(badge: Badge, style: Style) -> bytes:
    """Return a PDF of one page as large as the badge."""
    made = BytesIO()
    canvas = _canvas(made, CARD, style)
    _card(canvas, badge, style, 0, 0)
    canvas.showPage()
    canvas.save()
    return made.getvalue()


def _canvas(made: BytesIO, size: tuple[float, float], style: Style) -> Canvas:
    canvas = Canvas(made, pagesize=size, pageCompression=1)
    canvas.setTitle(f"Thẻ đại biểu - {style.heading}")
    canvas.setCreator("Wardroom")
    return canvas


def _marks(canvas: Canvas, left: float, bottom: float) -> None:
    """Draw where to cut, outside of the badges."""
    width, height = _COLUMNS * CARD[0], _ROWS * CARD[1]
    canvas.setStrokeColor(_GREY)
    canvas.setLineWidth(0.3)
    for column in range(_COLUMNS + 1):
        x = left + column * CARD[0]
        canvas.line(x, bottom - _MARK - 1, x, bottom - 1)
        canvas.line(x, bottom + height + 1, x, bottom + height + _MARK + 1)
    for row in range(_ROWS + 1):
        y = bottom + row * CARD[1]
        canvas.line(left - _MARK - 1, y, left - 1, y)
        canvas.line(left + width + 1, y, left + width + _MARK + 1, y)


def _card(canvas: Canvas, badge: Badge, style: Style, x: float, y: float) -> None:
    """Draw a badge whose lower left corner is at x, y."""
    width, height = CARD
    canvas.setFillColor(HexColor(style.background))
    canvas.rect(x, y + height - _BAND, width, _BAND, stroke=0, fill=1)
    canvas.setFillColor(HexColor(style.ink))
    heading = fitted(style.heading, Face.SANS_BOLD, (11, 10, 9, 8, 7, 6), width - 2 * _EDGE, 2)
    middle = y + height - _BAND / 2 + (len(heading.lines) * _leading(heading.lines) * heading.size) / 2
    _lines(canvas, heading.lines, Face.SANS_BOLD, heading.size, (x + width / 2, middle), centred=True)
    room = width - 2 * _EDGE - (_QR if badge.code else 0)
    _person(canvas, badge, x + _EDGE, (y + height - _BAND - 1.5 * mm, y + 1.5 * mm), room)
    if badge.code:
        _code(canvas, badge.code, x + width - _EDGE / 2 - _QR, y + (height - _BAND - _QR) / 2)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of a badge as it is set."""

    lines: Sequence[str]
    face: Face
    size: float
    grey: bool = False

    @property
    def height(self) -> float:
        return len(self.lines) * _leading(self.lines) * self.size


def _leading(lines: Sequence[str]) -> float:
    """Return how far apart lines are, so that no mark touches the line above."""
    return next(leading for leading, letters in _LEADINGS if any(letters.search(line) for line in lines))


def _person(canvas: Canvas, badge: Badge, x: float, between: tuple[float, float], room: float) -> None:
    """Draw who it is from the top down, delegation and seat from the bottom up, as large as both fit."""
    top, bottom = between
    sizes = (_texts(badge, room, scale) for scale in _SCALES)
    upper, lower = next((found for found in sizes if _height(found) <= top - bottom), _texts(badge, room, _SCALES[-1]))
    _draw(canvas, upper, x, top)
    _draw(canvas, lower, x, bottom + sum(text.height for text in lower))


def _height(texts: tuple[list[_Text], list[_Text]]) -> float:
    return sum(text.height for part in texts for text in part)


def _texts(badge: Badge, room: float, scale: float) -> tuple[list[_Text], list[_Text]]:
    def at(*sizes: float) -> list[float]:
        return [size * scale for size in sizes]

    def small(text: str) -> _Text:
        found = fitted(text, Face.SANS, at(8.5, 7.5, 6.5), room, 2)
        return _Text(found.lines, Face.SANS, found.size)

    name = fitted(badge.name, Face.SANS_BOLD, at(19, 17.5, 16, 15, 14), room, 1)
    if name.cut:
        name = fitted(badge.name, Face.SANS_BOLD, at(15, 14, 12.5, 11, 9.5, 8), room, 2)
    if name.cut:
        name = fitted(badge.name, Face.SANS_BOLD, at(8, 7, 6), room, 3)
    seat = fitted(f"Ghế {badge.seat}", Face.SANS_BOLD, at(13, 11, 9, 7), room, 1)
    upper = [_Text([badge.title or "Đại biểu"], Face.SANS, 8 * scale, grey=True), _Text(name.lines, Face.SANS_BOLD, name.size)]
    upper += [small(text) for text in (badge.position, badge.unit) if text]
    lower = [small(badge.delegation)] if badge.delegation else []
    if badge.seat:
        lower.append(_Text(seat.lines, Face.SANS_BOLD, seat.size))
    return upper, lower


def _draw(canvas: Canvas, texts: Sequence[_Text], x: float, top: float) -> None:
    for text in texts:
        canvas.setFillColor(_GREY if text.grey else _BLACK)
        top = _lines(canvas, text.lines, text.face, text.size, (x, top))


def _lines(canvas: Canvas, lines: Sequence[str], face: Face, size: float, at: tuple[float, float], *, centred: bool = False) -> float:
    """Draw lines below a point; return where the last ends."""
    x, top = at
    leading = _leading(lines)
    for line in lines:
        top -= leading * size
        canvas.setFont(face.value, size)
        draw = canvas.drawCentredString if centred else canvas.drawString
        draw(x, top + 0.28 * size, line)
    return top


def _code(canvas: Canvas, code: str, x: float, y: float) -> None:
    """Draw a QR code with its quiet zone as one path of runs, so that no reader smooths it.

    Every code has the same mask: to try all eight takes most of the time, and any of them may be read.
    """
    matrix = segno.make(code, error="m", micro=False, mask=_MASK).matrix
    step = _QR / (len(matrix) + 2 * _QUIET)
    canvas.saveState()
    canvas.translate(x + _QUIET * step, y + _QR - _QUIET * step)
    canvas.scale(step, step)
    canvas.setFillColor(_BLACK)
    runs = ((run.start(), -row, run.end() - run.start()) for row, modules in enumerate(matrix, start=1) for run in _DARK.finditer(modules))
    canvas.addLiteral(" ".join(f"{left} {low} {long} 1.01 re" for left, low, long in runs) + " f")
    canvas.restoreState()
