"""a list's attendance → a PDF as Vietnamese offices print: national heading, title, a table by delegation, signatures, page numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from center.papers.attendance import HERE, Attendance, Attendee, Delegation
from center.papers.fonts import Face, width
from center.papers.typesetting import wrapped

_LEFT, _RIGHT, _TOP, _BOTTOM = 25 * mm, 15 * mm, 18 * mm, 18 * mm
_WIDTH: Final = A4[0] - _LEFT - _RIGHT
_SIZE: Final = 10.5
_LINE: Final = 1.22 * _SIZE
_PAD: Final = 1.2 * mm
_SIGNED: Final = 42 * mm
_HEADS: Final = ("STT", "Họ và tên", "Chức vụ", "Đơn vị", "Ghế", "Giờ đến")
_SHARES: Final = (0.065, 0.27, 0.235, 0.235, 0.075, 0.12)
_CENTRED: Final = frozenset({0, 4, 5})


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table: its cells' lines. `group`: a delegation's, over the whole width."""

    cells: Sequence[Sequence[str]]
    group: bool = False

    @property
    def height(self) -> float:
        return max(len(lines) for lines in self.cells) * _LINE + 2 * _PAD


def printed(attendance: Attendance, now: datetime) -> bytes:
    """Return the PDF. `now`: with its zone, the day the paper is dated."""
    made = BytesIO()
    canvas = Canvas(made, pagesize=A4, pageCompression=1)
    canvas.setTitle(f"Điểm danh - {attendance.occasion_name} - {attendance.name}")
    canvas.setCreator("Wardroom")
    rows = list(_rows(attendance))
    first = A4[1] - _TOP - _head(canvas, attendance, now, draw=False)
    pages = _paged(rows, first)
    for number, page in enumerate(pages, start=1):
        top = A4[1] - _TOP
        if number == 1:
            top -= _head(canvas, attendance, now, draw=True)
        end = _table(canvas, page, top) if page else top
        if number == len(pages):
            _signatures(canvas, end)
        canvas.setFont(Face.SERIF.value, 10)
        canvas.drawCentredString(A4[0] / 2, _BOTTOM - 8 * mm, f"Trang {number}/{len(pages)}")
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def _rows(attendance: Attendance) -> Iterator[_Row]:
    number = 0
    for delegation in attendance.delegations:
        yield _Row([wrapped(_group(delegation), Face.SERIF_BOLD, _SIZE, _WIDTH - 2 * _PAD)], group=True)
        for one in delegation.people:
            number += 1
            yield _Row([_cell(column, text) for column, text in enumerate(_texts(number, one))])


def _group(delegation: Delegation) -> str:
    return f"{delegation.name or 'Không ghi đoàn'}: có mặt {delegation.arrived}/{delegation.expected}"


def _texts(number: int, one: Attendee) -> tuple[str, ...]:
    came = one.at.strftime("%H:%M %d/%m") if one.at else "vắng"
    return str(number), one.called, one.position, one.unit, one.seat, came if one.expected else f"{came} (ngoài DS)"


def _cell(column: int, text: str) -> list[str]:
    face = Face.SERIF_BOLD if column == 1 else Face.SERIF
    return wrapped(text, face, _SIZE, _SHARES[column] * _WIDTH - 2 * _PAD) or [""]


def _paged(rows: Sequence[_Row], first: float) -> list[list[_Row]]:
    """Return the rows of each page; a delegation's row is never the last of a page, and the signatures fit below the last one."""
    heading = _Row([[head] for head in _HEADS]).height
    pages: list[list[_Row]] = [[]]
    left = first - _BOTTOM - heading
    for at, row in enumerate(rows):
        following = rows[at + 1].height if row.group and at + 1 < len(rows) else 0
        if row.height + following > left and pages[-1]:
            pages.append([])
            left = A4[1] - _TOP - _BOTTOM - heading
        pages[-1].append(row)
        left -= row.height
    if left < _SIGNED:
        pages.append([])
    return pages


def _head(canvas: Canvas, attendance: Attendance, now: datetime, *, draw: bool) -> float:
    """Draw what stands above the table, or only measure it; return its height in points."""
    top = A4[1] - _TOP
    texts = _Texts(canvas, top, draw=draw)
    left, right = _LEFT + _WIDTH * 0.21, _LEFT + _WIDTH * 0.71
    for line in wrapped(attendance.heading.upper(), Face.SERIF, 12, _WIDTH * 0.4):
        texts.centred(line, Face.SERIF, 12, left)
    texts.centred("BAN TỔ CHỨC", Face.SERIF_BOLD, 12, left)
    texts.rule(left, 14 * mm)
    end = texts.top
    texts.top = top
    texts.centred("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Face.SERIF_BOLD, 11.5, right)
    texts.centred("Độc lập - Tự do - Hạnh phúc", Face.SERIF_BOLD, 12.5, right)
    texts.rule(right, width("Độc lập - Tự do - Hạnh phúc", Face.SERIF_BOLD, 12.5))
    day = now.astimezone(HERE)
    texts.centred(f"Ngày {day.day:02} tháng {day.month:02} năm {day.year}", Face.SERIF_ITALIC, 12, right)
    texts.top = min(end, texts.top) - 5 * mm
    middle = _LEFT + _WIDTH / 2
    texts.centred("DANH SÁCH ĐIỂM DANH ĐẠI BIỂU", Face.SERIF_BOLD, 14, middle)
    for line in wrapped(attendance.occasion_name, Face.SERIF_BOLD, 13, _WIDTH):
        texts.centred(line, Face.SERIF_BOLD, 13, middle)
    for line in wrapped(_when(attendance), Face.SERIF, 12, _WIDTH):
        texts.centred(line, Face.SERIF, 12, middle)
    texts.centred(_summary(attendance), Face.SERIF_ITALIC, 12, middle)
    return top - texts.top + 4 * mm


def _when(attendance: Attendance) -> str:
    starts = attendance.starts.astimezone(HERE)
    place = f", tại {attendance.place}" if attendance.place else ""
    return f"{attendance.name}, {starts:%H:%M} ngày {starts:%d/%m/%Y}{place}"


def _summary(attendance: Attendance) -> str:
    absent = sum(one.expected and one.arrived is None for group in attendance.delegations for one in group.people)
    return f"Có mặt: {attendance.arrived}; được triệu tập: {attendance.expected}; vắng: {absent}"


@dataclass(slots=True)
class _Texts:
    """Lines one below the other; measured only where `draw` is False."""

    canvas: Canvas
    top: float
    draw: bool

    def centred(self, text: str, face: Face, size: float, x: float) -> None:
        self.top -= 1.3 * size
        if self.draw:
            self.canvas.setFont(face.value, size)
            self.canvas.drawCentredString(x, self.top + 0.3 * size, text)

    def rule(self, x: float, long: float) -> None:
        self.top -= 1.2 * mm
        if self.draw:
            self.canvas.setLineWidth(0.6)
            self.canvas.line(x - long / 2, self.top + 1 * mm, x + long / 2, self.top + 1 * mm)


def _table(canvas: Canvas, rows: Sequence[_Row], top: float) -> float:
    """Draw the table's part of a page below `top`; return where it ends."""
    canvas.setLineWidth(0.4)
    for row in (_Row([[head] for head in _HEADS]), *rows):
        bottom = top - row.height
        x = _LEFT
        shares = (1.0,) if row.group else _SHARES
        head = not row.group and row.cells[0] == [_HEADS[0]]
        if row.group or head:
            canvas.setFillGray(0.93)
            canvas.rect(_LEFT, bottom, _WIDTH, row.height, stroke=0, fill=1)
            canvas.setFillGray(0)
        for column, (share, lines) in enumerate(zip(shares, row.cells, strict=True)):
            wide = share * _WIDTH
            canvas.rect(x, bottom, wide, row.height, stroke=1, fill=0)
            bold = head or row.group or column == 1
            centred = head or (column in _CENTRED and not row.group)
            _text(canvas, lines, Face.SERIF_BOLD if bold else Face.SERIF, (x, top - _PAD, wide), centred=centred)
            x += wide
        top = bottom
    return top


def _text(canvas: Canvas, lines: Sequence[str], face: Face, at: tuple[float, float, float], *, centred: bool) -> None:
    x, top, wide = at
    canvas.setFont(face.value, _SIZE)
    for line in lines:
        top -= _LINE
        if centred:
            canvas.drawCentredString(x + wide / 2, top + 0.28 * _SIZE, line)
        else:
            canvas.drawString(x + _PAD, top + 0.28 * _SIZE, line)


def _signatures(canvas: Canvas, top: float) -> None:
    for words, x in (("NGƯỜI LẬP BIỂU", _LEFT + _WIDTH * 0.22), ("TM. BAN TỔ CHỨC", _LEFT + _WIDTH * 0.76)):
        canvas.setFont(Face.SERIF_BOLD.value, 12)
        canvas.drawCentredString(x, top - 10 * mm, words)
        canvas.setFont(Face.SERIF_ITALIC.value, 11)
        canvas.drawCentredString(x, top - 15 * mm, "(Ký, ghi rõ họ tên)")
