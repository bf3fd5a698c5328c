"""SenML bytes as our gateways write them → a pack's readings as columns, or None: the narrow way of `wardroom.senml`.

What it returns is what the general way would; whatever is written otherwise, or may be wrong, it leaves to that.
"""

import re
from typing import TYPE_CHECKING, Final, Literal, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType

from wardroom import units
from wardroom.topics import ID

RECORD_LIMIT: Final = 2_000
ABSOLUTE_US: Final = 2**28 * 1_000_000
"""RFC 8428 section 4.5.3: smaller times are relative, and we keep none of those."""
LAST_US: Final = 253_402_300_800 * 1_000_000
"""The year 10000: where PostgreSQL, Python and JavaScript still agree on dates."""
VALUE_LIMIT: Final = 1e15
"""Values are no further from 0: budgets in đồng fit, whole numbers are exact, and no sum or mean of a series can overflow."""
_NAME = re.compile(rf"{ID}/{ID}")
_NAMES_BOUND: Final = 65_536


class Columns(Struct, frozen=True, gc=False):
    """The readings of a pack, one list for each of their parts, all of one length and in the pack's order.

    `names` are ``{sensor}/{quantity}``, `observed_us` microseconds since 1970 UTC by the gateway's clock; `sent_us` as in `Pack`.
    """

    sent_us: int | None
    names: list[str]
    units: list[str]
    values: list[float]
    observed_us: list[int]


if TYPE_CHECKING:
    Unit = str
else:
    Unit = Literal[tuple(sorted(units.KNOWN))]  # the decoder checks it and makes no new text


class Narrow(Struct, forbid_unknown_fields=True, gc=False):
    """A record as `encode` writes it: nothing is said for those that follow but the first one's base time."""

    n: str
    bt: float | UnsetType = UNSET
    u: Unit | UnsetType = UNSET
    v: float | UnsetType = UNSET
    vb: bool | UnsetType = UNSET
    t: float = 0.0


_narrow: Final = msgspec.json.Decoder(list[Narrow])
_legal_names: Final[set[str]] = set()
"""Names that were found to be legal; forgotten all at once above the bound."""


class _NotNarrow(Exception):
    """Raised and caught here: the general way decides."""


def read(payload: bytes) -> Columns | None:
    """Return the pack in `payload`, or None where it is not as `encode` writes it or may be wrong."""
    try:
        records = _narrow.decode(payload)
        if len(records) == 1:
            return _one(records[0])
        times = _times(records)
        marks, values = _measured(records)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError, _NotNarrow):
        return None
    names = [record.n for record in records]
    if not (_legal_names.issuperset(names) or _are_legal(names)):
        return None
    if min(times) < ABSOLUTE_US or max(times) >= LAST_US or min(values) < -VALUE_LIMIT or max(values) > VALUE_LIMIT:
        return None
    return Columns(_sent(records[0]), names, marks, values, times)


def _one(record: Narrow) -> Columns | None:
    """Return a pack of one reading: what `read` says in general, at a third of its price."""
    name, unit, value = record.n, record.u, record.v
    base_us = 0 if record.bt is UNSET else round(record.bt * 1_000_000)
    time_us = base_us + round(record.t * 1_000_000)
    if unit is UNSET or value is UNSET or record.vb is not UNSET:
        (unit,), (value,) = _switches([record])
    if not (name in _legal_names or _are_legal([name])):
        return None
    if not (ABSOLUTE_US <= time_us < LAST_US and -VALUE_LIMIT <= value <= VALUE_LIMIT):
        return None
    sent_us = base_us if ABSOLUTE_US <= base_us < LAST_US else None
    return Columns(sent_us, [name], [unit], [value + 0.0], [time_us])  # no minus zero


def _times(records: list[Narrow]) -> list[int]:
    """Return when each was observed (microseconds since 1970 UTC); only the first may have a base time."""
    count = len(records)
    if not 0 < count <= RECORD_LIMIT:
        raise _NotNarrow
    base = records[0].bt
    if [record.bt for record in records].count(UNSET) < count - (base is not UNSET):
        raise _NotNarrow
    base_us = 0 if base is UNSET else round(base * 1_000_000)
    return [base_us + round(record.t * 1_000_000) for record in records]


def _measured(records: list[Narrow]) -> tuple[list[str], list[float]]:
    """Return units and values."""
    marks = [record.u for record in records]
    if UNSET in set(marks) or [record.vb for record in records].count(UNSET) < len(records):
        return _switches(records)
    try:
        values = [cast("float", record.v) + 0.0 for record in records]  # no minus zero
    except TypeError:  # one without a value
        raise _NotNarrow from None
    return cast("list[str]", marks), values


def _switches(records: list[Narrow]) -> tuple[list[str], list[float]]:
    """Return units and values where some are true or false, and a unit is not said of those."""
    marks: list[str] = []
    values: list[float] = []
    for record in records:
        if record.vb is not UNSET and record.v is UNSET:
            marks.append(units.BOOLEAN)
            values.append(float(record.vb))
        elif record.vb is UNSET and record.v is not UNSET and record.u is not UNSET:
            marks.append(record.u)
            values.append(record.v + 0.0)
        else:
            raise _NotNarrow
    return marks, values


def _sent(first: Narrow) -> int | None:
    sent_us = 0 if first.bt is UNSET else round(first.bt * 1_000_000)
    return sent_us if ABSOLUTE_US <= sent_us < LAST_US else None


def _are_legal(names: list[str]) -> bool:
    """Check names not seen lately, and remember them."""
    if len(_legal_names) + len(names) > _NAMES_BOUND:
        _legal_names.clear()
    new = {name for name in names if _NAME.fullmatch(name)}
    _legal_names.update(new)
    return len(new) == len(set(names))
