"""bytes of a list of delegates → its plan; a file that cannot be read is refused in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from center.papers import archive, header, repeats, separated, titles, workbook
from center.papers.fields import LONGEST, Field
from center.papers.header import Header
from center.papers.lines import Kind, Line
from center.papers.plan import Column, Entry, Plan, Problem, bounded, error, warning
from center.papers.sheet import Row, Sheet, letter
from center.papers.tidy import dated, lost, named, old_font, seated
from wardroom.errors import InvalidMessage

_SHORT_CODE: Final = 8
"""Letters of a code that is not guessed by trying."""
_LOOKED: Final = 40
_NAMES: Final = frozenset({Field.NAME, Field.FAMILY, Field.GIVEN})
_TOLD: Final = 30
"""Row numbers named in one sentence."""


def work(data: bytes) -> bytes:
    """Return the plan as MessagePack: what `center.papers.apart` has done by a process of its own."""
    return msgspec.msgpack.encode(read(data))


def read(data: bytes) -> Plan:
    """Return what the list says. Raises InvalidMessage where there is no list to read: what the file is, or lacks, and what to do."""
    pages = workbook.sheets(data) if archive.is_workbook(data) else [separated.sheet(data)]
    found = [(page, one) for page in pages if (one := header.find(page)) is not None]
    if not any(one.named for _, one in found) and any(page.name == "" and _lossy(page) for page in pages):
        raise InvalidMessage("papers.file_lossy")
    if not found:
        raise InvalidMessage("papers.no_header", sheets=", ".join(page.name for page in pages) or "1")
    page, head = next(((page, one) for page, one in found if one.named), found[0])
    if not head.named:
        raise InvalidMessage("papers.no_name_column", row=head.row, seen=", ".join(f"'{text}'" for text in head.texts.values())[:300])
    reading = _Reading(page, head)
    reading.take()
    if not reading.rows:
        raise InvalidMessage("papers.no_delegates", row=head.last)
    return reading.plan([other.name for other in pages if other is not page and not all(row.blank for row in other.rows)])


def _lossy(page: Sheet) -> bool:
    """Return whether question marks stand for the letters of what should be a header."""
    return any(lost(text) for row in page.rows[:_LOOKED] for text in row.cells)


@dataclass(slots=True)
class _Reading:
    """What is known of a sheet so far."""

    sheet: Sheet
    header: Header
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    refused: int = 0
    group: str = ""

    def take(self) -> None:
        """Read every row below the header."""
        below = [row for row in self.sheet.rows if row.number > self.header.last]
        shown = [row for row in below if not row.hidden]
        self._hidden([row for row in below if row.hidden])
        last_numbered = self._last_numbered(shown)
        for row in shown:
            self._row(Line(row, self.header, last_numbered))
            if self.rows > archive.MOST_ROWS:
                at = self.header.columns.get(Field.NAME, 0)
                raise InvalidMessage("papers.too_many_rows", most=archive.MOST_ROWS, cell=f"{letter(at)}{row.number}")
        kept, found, refused = repeats.once(titles.apart(self.entries), self.header.columns)
        self.entries = kept
        self.problems += found
        self.refused += refused

    def plan(self, others: Sequence[str]) -> Plan:
        """Return the whole; `others`: further sheets of the file that are not empty."""
        if others:
            self.problems.append(warning("papers.other_sheets", sheet=self.sheet.name, others=_listed(others)))
        if self.sheet.far:
            self.problems.append(warning("papers.columns_far", cell=self.sheet.far))
        hidden = self.sheet.hidden_columns
        if unused := [f"{letter(column)} '{self.header.texts[column][:40]}'" for column in self.header.unused() if column not in hidden]:
            self.problems.append(warning("papers.columns_unused", columns=_listed(unused)))
        columns = sorted(self.header.columns.items(), key=lambda one: one[1])
        return Plan(
            sheet=self.sheet.name,
            columns=tuple(Column(field=of, header=self.header.texts[at], column=letter(at)) for of, at in columns),
            entries=tuple(self.entries),
            problems=bounded(self.problems),
            rows=self.rows,
            refused=self.refused,
        )

    def _hidden(self, rows: Sequence[Row]) -> None:
        if numbers := [str(row.number) for row in rows if not row.blank]:
            self.problems.append(warning("papers.rows_hidden", rows=_listed(numbers), count=len(numbers)))
        if columns := [letter(at) for at in sorted(self.sheet.hidden_columns) if any(row.text(at) for row in self.sheet.rows)]:
            self.problems.append(warning("papers.columns_hidden", columns=_listed(columns)))

    def _last_numbered(self, rows: Sequence[Row]) -> int:
        column = self.header.columns.get(Field.ORDINAL)
        return max((row.number for row in rows if row.text(column).isdigit()), default=0)

    def _row(self, line: Line) -> None:
        kind, number = line.kind, line.row.number
        faults = self._faults(line)
        if kind is Kind.GROUP:
            self.group = line.group
            self.problems.append(warning("papers.group", number, name=self.group))
        elif kind is Kind.FOOT and not faults:
            self.problems.append(warning("papers.row_ignored", number, text=next(text for text in line.row.cells if text)[:60]))
        elif kind not in {Kind.NOTHING, Kind.TOTAL} or (faults and kind is Kind.NOTHING):
            self._delegate(line, faults)

    def _delegate(self, line: Line, faults: list[Problem]) -> None:
        self.rows += 1
        wrong = faults or self._wrong(line)
        self.problems += wrong
        if wrong:
            self.refused += 1
            return
        texts = {one.value: line.text(one) for one in LONGEST if one not in _NAMES}
        texts |= {"seat": seated(texts["seat"])}
        entry = Entry(row=line.row.number, name=named(line.name), **texts)
        self.problems += self._noted(line, entry)
        self.entries.append(replace(entry, title=titles.titled_as(entry.title), delegation=entry.delegation or self.group))

    def _faults(self, line: Line) -> list[Problem]:
        """Return the errors and uncomputed formulas of the cells that are read."""
        read = [(one, at) for one, at in self.header.columns.items() if one in LONGEST]
        places = [(one, at, self.sheet.faults.get((line.row.number, at))) for one, at in read]
        return [
            error("papers.formula_unsaved" if value.startswith("=") else "papers.error_value", line.row.number, one, at, value)
            for one, at, value in places
            if value is not None
        ]

    def _wrong(self, line: Line) -> list[Problem]:
        """Return what keeps the row out."""
        number, name = line.row.number, line.name
        if not any(sign.isalpha() for sign in name):
            return [error("papers.name_missing", number, Field.NAME, line.name_column, name)]
        found = []
        for one, longest in LONGEST.items():
            text, at = line.text(one), self.header.columns.get(one)
            if at is not None and len(text) > longest:
                found.append(error("papers.too_long", number, one, at, text, length=len(text), most=longest))
            elif at is not None and (key := _unfit(one, text)):
                found.append(error(key, number, one, at, text))
        return found

    def _noted(self, line: Line, entry: Entry) -> list[Problem]:
        """Return what a person should know of a row that is taken."""
        number, columns = line.row.number, self.header.columns
        odd = [(one, at) for one, at in columns.items() if one in LONGEST and (number, at) in self.sheet.odd]
        found = [warning("papers.signs_removed", number, cell=f"{letter(at)}{number}") for _, at in odd]
        if entry.code and len(entry.code) < _SHORT_CODE:
            found.append(warning("papers.code_short", number, cell=f"{letter(columns[Field.CODE])}{number}", value=entry.code))
        return found


def _unfit(one: Field, text: str) -> str:
    """Return the key of what makes a text useless, empty where nothing does."""
    if old_font(text):
        return "papers.old_font"
    if "\ufffd" in text or (one in _NAMES and lost(text)):
        return "papers.signs_lost"
    return "papers.seat_date" if one is Field.SEAT and dated(text) else ""


def _listed(names: Sequence[str]) -> str:
    """Return the first of a list, and how many more there are."""
    more = f" (+{len(names) - _TOLD})" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + more
