"""who did or looked at what → one more line of a chain: each holds the digest of the line before it, so that none can be changed unseen.

`digest` is SHA-256 over the digest before it (32 zero bytes for the first line) and the line as canonical JSON: keys sorted, no spaces,
UTF-8, `at` in microseconds of UTC. A chain cannot show that its end was cut off, or that all of it was made anew: so `verify` says its last
line, and whoever noted an earlier one elsewhere asks whether that one still stands.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from center.problems import printable
from center.store.database import Database
from wardroom.errors import PeopleError

START: Final = bytes(32)
"""What the first line follows."""
LONGEST: Final = 2_000
"""Letters of one text of a line; what is beyond is cut."""
_LOCK: Final = 0x5741_5544
"""The advisory lock that every writer of a line holds until its transaction ends: no two lines follow the same one."""
_AT_ONCE: Final = 1_000

Plain = str | int | bool | None
Detail = Plain | Sequence[Plain] | Mapping[str, Plain]

_LAST: Final = "SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1"
_PUT: Final = """
INSERT INTO audit (seq, at, who, action, subject, detail, digest)
VALUES (%(seq)s, %(at)s, %(who)s, %(action)s, %(subject)s, %(detail)s, %(digest)s)
"""
_READ: Final = "SELECT seq, at, who, action, subject, detail, digest FROM audit WHERE seq > %(after)s ORDER BY seq LIMIT %(limit)s"
_NEWEST: Final = "SELECT seq, at, who, action, subject, detail, digest FROM audit WHERE seq < %(before)s ORDER BY seq DESC LIMIT %(limit)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the log."""

    seq: int
    at: datetime
    who: str
    action: str
    subject: str
    detail: dict[str, Any]
    digest: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole chain found: how many lines hold, the last one's digest, and the first that does not, if one doesn't."""

    lines: int
    last: int
    digest: bytes
    broken: int | None = None


class Audit:
    """The log, append-only; any number of centers write it at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self, who: str, action: str, subject: str, *, within: psycopg.AsyncConnection[Any] | None = None, **detail: Detail
    ) -> None:
        """Add a line; `within`: in the transaction of that connection, as its last step, for others wait until it ends.

        Never give it a secret, or anything of a face. Raises as the database does: what cannot be noted is not done.
        """
        if within is not None:
            await _append(within, who, action, subject, detail)
            return
        async with self._database.transaction() as connection:
            await _append(connection, who, action, subject, detail)

    async def newest(self, before: int, limit: int) -> list[Line]:
        """Return the lines before the number `before`, the newest first."""
        return await self._database.objects(Line, _NEWEST, {"before": before, "limit": limit})

    async def verify(self) -> Verdict:
        """Look at every line in order; return the first that is not what it was, or does not follow the one before it."""
        lines, last, digest = 0, 0, START
        async for line in self._lines():
            if line.seq != last + 1 or line.digest != digested(digest, line):
                return Verdict(lines, last, digest, broken=line.seq)
            lines, last, digest = lines + 1, line.seq, line.digest
        return Verdict(lines, last, digest)

    async def stands(self, seq: int, digest: bytes) -> bool:
        """Return whether the line that was noted elsewhere is still there and the same."""
        rows = await self._database.rows("SELECT digest FROM audit WHERE seq = %(seq)s", {"seq": seq})
        return bool(rows) and bytes(rows[0][0]) == digest

    async def _lines(self) -> AsyncIterator[Line]:
        after = -(2**62)
        while found := await self._database.objects(Line, _READ, {"after": after, "limit": _AT_ONCE}):
            for line in found:
                yield line
            after = found[-1].seq


async def _append(connection: psycopg.AsyncConnection[Any], who: str, action: str, subject: str, detail: Mapping[str, Detail]) -> None:
    await connection.execute("SELECT pg_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})
    found = await (await connection.execute(_LAST)).fetchone()
    seq, before = (0, START) if found is None else (found[0], bytes(found[1]))
    at = datetime.now(UTC)
    plain = {name: _plain(value) for name, value in detail.items()}
    line = Line(seq=seq + 1, at=at, who=_text(who), action=_text(action), subject=_text(subject), detail=plain, digest=b"")
    values = {"seq": line.seq, "at": at, "who": line.who, "action": line.action, "subject": line.subject}
    await connection.execute(_PUT, values | {"detail": Jsonb(plain), "digest": digested(before, line)})


def digested(before: bytes, line: Line) -> bytes:
    """Return the digest of a line that follows the digest `before`; its own `digest` does not count."""
    said = {
        "seq": line.seq,
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "who": line.who,
        "action": line.action,
        "subject": line.subject,
        "detail": line.detail,
    }
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(before + canonical.encode()).digest()


def _plain(value: Detail) -> object:
    """Return a value as JSON holds it and PostgreSQL gives it back: no fractions, which have many spellings."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_text(name): _plain(part) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [_plain(part) for part in value]
    raise PeopleError("people.audit_value", value=type(value).__name__)


def _text(text: str) -> str:
    return printable(text[:LONGEST])
