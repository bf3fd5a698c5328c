"""what somebody at the desk does → passages of their hand: by code, by name, by hand, against the rules with a reason; and taken back.

The desk makes a passage's id: asked again, after a lost answer, it is the same passage. Otherwise it counts like any other.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from center.occasions import badges, refolding
from center.occasions.passage_models import PassageIn
from center.occasions.states import State, check_live
from center.people.audit import Audit
from center.store.database import Database
from wardroom.admission import Result
from wardroom.errors import CheckInError, InvalidMessage

_LIST: Final = (
    "SELECT o.id, o.state, o.opened, o.closed FROM checkin_list l JOIN occasion o ON o.id = l.occasion WHERE l.id = %(list)s FOR SHARE OF o"
)
_KNOWN: Final = "SELECT list, delegate, direction, method, noted_by IS NOT NULL FROM passage WHERE id = %(id)s"
_GATE: Final = "SELECT 1 FROM gate WHERE (id, list) = (%(gate)s, %(list)s)"
_PUT: Final = """
INSERT INTO passage (id, occasion, list, gate, delegate, direction, method, result, at, received, offline, rehearsal, noted_by, overridden,
    reason)
VALUES (%(id)s, %(occasion)s, %(list)s, %(gate)s, %(delegate)s, %(direction)s, %(method)s, %(result)s, %(at)s, %(now)s, %(offline)s,
        %(rehearsal)s, %(by)s, %(override)s, %(reason)s)
"""
_BY_CODE: Final = """
SELECT id FROM delegate WHERE badge_digest = %(digest)s ORDER BY occasion = %(occasion)s DESC, id DESC LIMIT 1
"""
_PASSAGE: Final = "SELECT list, delegate, undone FROM passage WHERE id = %(id)s"
_UNDO: Final = """
UPDATE passage SET undone = clock_timestamp(), undone_by = %(by)s, undone_reason = %(reason)s, result = %(result)s,
    changed = clock_timestamp()
WHERE id = %(id)s
"""


class Desk:
    """Makes passages of what people do."""

    def __init__(self, *, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def note(self, who: str, in_list: UUID, asked: PassageIn) -> set[UUID]:
        """Let somebody pass; return the passages that changed, this one always with them. Raises CheckInError and InvalidMessage."""
        _check(asked)
        async with self._database.transaction() as connection:
            await refolding.lock_visit(connection, asked.id)
            occasion, state, opened, closed = await _one(connection, _LIST, {"list": in_list}, CheckInError("occasion.no_list", id=in_list))
            delegate = await _whose(connection, asked, occasion)
            if await _is_known(connection, in_list, asked, delegate):
                return {asked.id}
            now = datetime.now(UTC)
            at = now - timedelta(seconds=asked.ago_s)
            _check_when(State(state), at, opened, closed)
            place = {"gate": asked.gate, "list": in_list}
            if asked.gate is not None:
                await _one(connection, _GATE, place, CheckInError("occasion.no_gate", id=asked.gate))
            values = asked.model_dump() | place | {"occasion": occasion, "delegate": delegate, "result": Result.UNKNOWN, "by": who}
            if delegate is not None and not await refolding.lock(connection, [delegate]):
                raise CheckInError("occasion.no_delegate", id=delegate)
            when = {"at": at, "now": now, "offline": asked.ago_s > 0, "rehearsal": state == State.REHEARSAL}
            await connection.execute(_PUT, values | when)
            changed = await refolding.refold(connection, in_list, delegate) if delegate else set()
            said: dict[str, str | bool | None] = {
                "method": asked.method,
                "delegate": str(delegate),
                "override": asked.override,
                "reason": asked.reason,
            }
            await self._audit.note(who, "passage.note", str(asked.id), within=connection, **said)
        return changed | {asked.id}

    async def undo(self, who: str, passage: UUID, reason: str) -> set[UUID]:
        """Take a passage back; return those that changed, this one always with them. Raises CheckInError where there is none."""
        async with self._database.transaction() as connection:
            await refolding.lock_visit(connection, passage)
            missing = CheckInError("occasion.no_passage", id=passage)
            in_list, delegate, undone = await _one(connection, _PASSAGE, {"id": passage}, missing)
            if undone is not None:
                return {passage}
            await refolding.lock(connection, [delegate] if delegate else [])
            await connection.execute(_UNDO, {"id": passage, "by": who, "reason": reason, "result": Result.UNDONE})
            changed = await refolding.refold(connection, in_list, delegate) if delegate else set()
            await self._audit.note(who, "passage.undo", str(passage), within=connection, reason=reason)
        return changed | {passage}


def _check(asked: PassageIn) -> None:
    """Raise InvalidMessage where it is not said who it is, or not why."""
    if asked.method == "code" and asked.code is None and asked.delegate is None:
        raise InvalidMessage("occasion.says_nobody", field="code")
    if asked.method != "code" and asked.delegate is None:
        raise InvalidMessage("occasion.says_nobody", field="delegate")
    if asked.reason is None and (asked.override or asked.method == "hand"):
        raise InvalidMessage("occasion.no_reason")


def _check_when(state: State, at: datetime, opened: datetime | None, closed: datetime | None) -> None:
    """Raise CheckInError where the occasion takes no passage of that instant: it was not open then, or only rehearsed."""
    if closed is None or at > closed:
        check_live(state)
    if state is not State.REHEARSAL and opened is not None and at < opened:
        raise CheckInError("occasion.before_opening")


async def _whose(connection: AsyncConnection[Any], asked: PassageIn, occasion: UUID) -> UUID | None:
    """Return the delegate meant, None for a code that is nobody's; raises CheckInError where there is no such delegate."""
    if asked.delegate is None:
        values = {"digest": badges.digest(asked.code or ""), "occasion": occasion}
        found = await (await connection.execute(_BY_CODE, values)).fetchone()
        return found[0] if found else None
    missing = CheckInError("occasion.no_delegate", id=asked.delegate)
    return UUID(str((await _one(connection, "SELECT id FROM delegate WHERE id = %(id)s", {"id": asked.delegate}, missing))[0]))


async def _is_known(connection: AsyncConnection[Any], in_list: UUID, asked: PassageIn, delegate: UUID | None) -> bool:
    """Return whether this passage is there already; raises CheckInError where another one has its id."""
    known = await (await connection.execute(_KNOWN, {"id": asked.id})).fetchone()
    if known is not None and known != (in_list, delegate, asked.direction, asked.method, True):
        raise CheckInError("occasion.passage_differs", id=asked.id)
    return known is not None


async def _one(connection: AsyncConnection[Any], query: Any, values: Mapping[str, object], missing: CheckInError) -> tuple[Any, ...]:
    async with connection.cursor(row_factory=tuple_row) as rows:
        found = await (await rows.execute(query, values)).fetchone()
    if found is None:
        raise missing
    return found
