"""a row below the header → a delegate, a heading of a group, or nothing of a list: numbering, totals, signatures, headings again."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from center.papers.fields import Field, meaning
from center.papers.header import Header
from center.papers.sheet import Row
from center.plain import plain

_TOTAL: Final = re.compile(r"(?:tong (?:cong|so|hop)|grand total|total)(?:\b.*)?|tong|cong|tong \d.*|cong \d.*|sum")
_FOOT: Final = re.compile(
    r"(?:nguoi lap|nguoi tong hop|ky va ghi|ky ghi|ky ten|xac nhan|tm |t m |kt |k t |ghi chu|noi nhan|danh sach (?:nay )?(?:gom|co)).*"
    r"|.*ngay .*thang .*nam.*"
)
_GROUP_NUMBER: Final = re.compile(r"(?:[IVXLC]+|[A-Z])[.)/]?")
_GROUP: Final = re.compile(r"^(?:(?:[IVXLC]+|[A-Z]|\d{1,3})\s*[.)/:-]+\s*)?(.*?)(?:\s*[(:]\s*\d+\b.*)?$")
"""A group's words without its number and without the count behind it."""
_COLUMN_NUMBER: Final = re.compile(r"\(?(?:\d{1,2}|[A-Z])\)?")


class Kind(StrEnum):
    """What a row is."""

    DELEGATE = "delegate"
    GROUP = "group"
    NAMELESS = "nameless"
    FOOT = "foot"
    TOTAL = "total"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Line:
    """A row and what it is; `last_numbered`: the last row of the sheet with an ordinal number, 0 without such a column."""

    row: Row
    header: Header
    last_numbered: int

    def text(self, of: Field) -> str:
        return self.row.text(self.header.columns.get(of))

    @property
    def name(self) -> str:
        """The name, also from two columns; one that is merged over both stands in each."""
        if Field.NAME in self.header.columns:
            return self.text(Field.NAME)
        family, given = self.text(Field.FAMILY), self.text(Field.GIVEN)
        return family if family == given else f"{family} {given}".strip()

    @property
    def name_column(self) -> int:
        """Where the name, or its first part, stands."""
        columns = self.header.columns
        return next(columns[one] for one in (Field.NAME, Field.FAMILY, Field.GIVEN) if one in columns)

    @property
    def others(self) -> list[str]:
        """Return what stands beside number and name."""
        beside = set(self.header.columns) - {Field.ORDINAL, Field.NAME, Field.FAMILY, Field.GIVEN}
        return [text for one in beside if (text := self.text(one))]

    @property
    def kind(self) -> Kind:
        texts = {text for text in self.row.cells if text}
        if any(_TOTAL.fullmatch(plain(text)) for text in texts) and not self.text(Field.ORDINAL).isdigit():
            return Kind.TOTAL
        if not texts or self._numbering(texts) or self._heading():
            return Kind.NOTHING
        if self._group(texts):
            return Kind.GROUP
        return self._nameless() if not self.name else self._named()

    @property
    def group(self) -> str:
        """The words of a group's heading."""
        longest = max(self.row.cells, key=len)
        found = _GROUP.match(longest)
        return (found[1] if found and found[1] else longest).strip()

    def _named(self) -> Kind:
        alone = not self.others and (not self.text(Field.ORDINAL) or Field.ORDINAL not in self.header.columns)
        below = 0 < self.last_numbered < self.row.number
        return Kind.FOOT if alone and (below or _FOOT.fullmatch(plain(self.name))) else Kind.DELEGATE

    def _nameless(self) -> Kind:
        if not self.others:
            return Kind.NOTHING if self.text(Field.ORDINAL) else Kind.FOOT
        below = 0 < self.last_numbered < self.row.number
        return Kind.FOOT if below or (len(set(self.others)) == 1 and not self.text(Field.ORDINAL)) else Kind.NAMELESS

    def _numbering(self, texts: set[str]) -> bool:
        """Whether it only numbers the columns, as official forms do below the header: (1) (2) (3), or A B 1 2."""
        below = self.row.number <= self.header.last + 2
        return below and len(texts) > 1 and all(_COLUMN_NUMBER.fullmatch(text) for text in texts)

    def _heading(self) -> bool:
        """Whether it is the header again, as on a new page."""
        return sum(meaning(self.row.text(column)) is one for one, column in self.header.columns.items()) > 1

    def _group(self, texts: set[str]) -> bool:
        """Whether it names a group: merged across the name and more, or a Roman number or a letter with one text."""
        merged = self.name_column in self.row.spans and len(texts) <= 2 and not self._name_only_merged()
        number = self.text(Field.ORDINAL)
        lettered = bool(_GROUP_NUMBER.fullmatch(number)) and bool(self.name) and not self.others
        return merged or lettered

    def _name_only_merged(self) -> bool:
        """Whether only the two columns of a name are merged."""
        columns = self.header.columns
        return self.row.spans <= {columns.get(Field.FAMILY), columns.get(Field.GIVEN), columns.get(Field.NAME)}
