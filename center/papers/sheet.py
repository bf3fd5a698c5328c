"""one sheet of a list, whatever file it came from: every cell one tidy text, every row with its number in the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Place = tuple[int, int]
"""Row number (from 1, as the file shows it) and column (from 0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row; `spans`: the columns that show the text of a merge across columns. What a merge shows stands in every cell of it."""

    number: int
    cells: tuple[str, ...]
    hidden: bool = False
    spans: frozenset[int] = frozenset()

    def text(self, column: int | None) -> str:
        """Return a cell's text, empty where the row ends before it."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet. `faults`: cells that hold an error or a formula nobody computed, and what they show; `odd`: cells with invisible signs.

    `far`: the first cell that says something beyond the last column that is read.
    """

    name: str
    rows: tuple[Row, ...]
    hidden_columns: frozenset[int] = frozenset()
    faults: Mapping[Place, str] = field(default_factory=dict)
    odd: frozenset[Place] = frozenset()
    far: str = ""


def letter(column: int) -> str:
    """Return a column's letters as spreadsheets show them: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell(row: int, column: int) -> str:
    """Return a cell's name as spreadsheets show it, e.g. C7."""
    return f"{letter(column)}{row}"
