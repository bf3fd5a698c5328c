"""What a cell of a test's workbook can be."""

from dataclasses import dataclass
from types import EllipsisType


@dataclass(frozen=True)
class Merged:
    """A merge: the cells it covers are written as ``...``."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Formula:
    """An OpenFormula, e.g. ``of:=1/0``."""

    text: str


@dataclass(frozen=True)
class Number:
    """A number shown with five digits."""

    value: int


@dataclass(frozen=True)
class Hidden:
    """A hidden row."""

    cells: "tuple[Cell | EllipsisType, ...]"


Cell = str | int | float | Merged | Formula | Number
