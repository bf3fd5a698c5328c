"""columns of Python values → PostgreSQL's array parameters, made whole: the driver's own lists cost a microsecond an element."""

from collections.abc import Sequence
from struct import Struct, pack
from typing import Final

from psycopg import AsyncConnection
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.rows import TupleRow

_POSTGRES_EPOCH_US: Final = 946_684_800_000_000
"""2000-01-01 00:00 UTC: PostgreSQL counts its microseconds from there."""
_HEAD: Final = Struct(">iiIii")
"""Dimensions, whether there are nulls, the elements' type, their number, the first one's index."""
_NULL: Final = b"\xff\xff\xff\xff"
_TYPES: Final = {"h": (21, 2), "i": (23, 4), "q": (20, 8), "d": (701, 8)}
"""By `struct`'s letter: the type's number in pg_type, and its size."""
_TIMESTAMPTZ: Final = 1184


class Array(bytes):
    """A binary array parameter; the statement's cast says of what."""


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        return obj


def adapt(connection: AsyncConnection[TupleRow]) -> None:
    """Let a connection take `Array` parameters."""
    connection.adapters.register_dumper(Array, _AsItIs)


def numbers(letter: str, values: Sequence[float]) -> Array:
    """Return smallint[] ("h"), integer[] ("i"), bigint[] ("q") or double precision[] ("d")."""
    number, size = _TYPES[letter]
    flat = [part for value in values for part in (size, value)]
    return Array(_head(number, len(values)) + pack(">" + f"i{letter}" * len(values), *flat))


def instants(us: Sequence[int | None]) -> Array:
    """Return timestamptz[] of microseconds since 1970 UTC, exactly."""
    one = Struct(">iq").pack
    elements = [_NULL if each is None else one(8, each - _POSTGRES_EPOCH_US) for each in us]
    return Array(_head(_TIMESTAMPTZ, len(us), nulls=None in us) + b"".join(elements))


def words(values: Sequence[str]) -> str:
    """Return the literal of a text[] whose elements are ids or our own words: nothing in them needs an escape."""
    return '{"' + '","'.join(values) + '"}' if values else "{}"


def _head(number: int, count: int, *, nulls: bool = False) -> bytes:
    return _HEAD.pack(1, nulls, number, count, 1)
