"""who is expected ↔ the tables `delegate` and `list_entry`; every change is in the log, and what it counts for is found anew."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

import uuid6
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from center.occasions import badges, retention
from center.occasions.delegate_models import DelegateIn, DelegatePatch
from center.occasions.refolding import lock, refold_all
from center.occasions.states import HELD
from center.people.audit import Audit
from center.people.vault import Vault
from center.plain import plain
from center.store.database import Database
from wardroom.errors import CheckInError

_PUT: Final = """
INSERT INTO delegate (id, occasion, person, title, name, plain, position, unit, delegation, seat, badge_digest, badge_sealed, created_by)
SELECT %(id)s, id, %(person)s, %(title)s, %(name)s, %(plain)s, %(position)s, %(unit)s, %(delegation)s, %(seat)s,
       %(digest)s, %(sealed)s, %(by)s
FROM occasion WHERE id = %(occasion)s
ON CONFLICT (badge_digest, occasion) DO NOTHING
"""
_CHANGE: Final = """
UPDATE delegate SET person = %(person)s, title = %(title)s, name = %(name)s, plain = %(plain)s, position = %(position)s, unit = %(unit)s,
    delegation = %(delegation)s, seat = %(seat)s
WHERE id = %(id)s
"""
_NOW: Final = """
SELECT d.person, d.title, d.name, d.position, d.unit, d.delegation, d.seat, d.occasion, o.state,
       EXISTS (SELECT FROM passage p WHERE p.delegate = d.id) AS passed
FROM delegate d JOIN occasion o ON o.id = d.occasion WHERE d.id = %(id)s
"""
_ENTER: Final = """
INSERT INTO list_entry (list, delegate) SELECT id, %(delegate)s FROM checkin_list WHERE occasion = %(occasion)s AND id = ANY(%(lists)s)
"""
_BADGE: Final = "UPDATE delegate SET badge_digest = %(digest)s, badge_sealed = %(sealed)s WHERE id = %(id)s"
_REVOKE: Final = """
UPDATE delegate SET revoked = coalesce(revoked, clock_timestamp()), revoked_reason = %(reason)s WHERE id = %(id)s
"""
_TOUCH: Final = "UPDATE passage SET changed = clock_timestamp() WHERE delegate = %(id)s"
"""Screens show the passages of somebody whose name was corrected anew."""
_RESTORE: Final = "UPDATE delegate SET revoked = NULL, revoked_reason = NULL WHERE id = %(id)s"


class Delegates:
    """Changes delegates one by one."""

    def __init__(self, *, database: Database, audit: Audit, vault: Vault) -> None:
        self._database = database
        self._audit = audit
        self._vault = vault

    async def create(self, who: str, occasion: UUID, asked: DelegateIn) -> UUID:
        """Expect one, with a badge where there is a key to seal it with, or a code is given.

        Raises CheckInError where there is no such occasion, list or person, and for a code that another delegate of it has.
        """
        made = uuid6.uuid7()
        code = asked.code or (badges.new_code() if self._vault.ready else None)
        values = asked.model_dump() | self._badge(made, code) | {"id": made, "occasion": occasion, "plain": plain(asked.name), "by": who}
        async with self._database.transaction() as connection:
            if not await (await connection.execute("SELECT 1 FROM occasion WHERE id = %(occasion)s", values)).fetchone():
                raise CheckInError("occasion.no_occasion", id=occasion)
            await _check_person(connection, asked.person)
            if not (await connection.execute(_PUT, values)).rowcount:
                raise CheckInError("occasion.code_taken")
            await _enter(connection, occasion, made, asked.lists)
            await self._audit.note(who, "delegate.create", str(made), within=connection, occasion=str(occasion))
        return made

    async def change(self, who: str, delegate: UUID, asked: DelegatePatch) -> None:
        """Change what is given; raises CheckInError."""
        given = {name: value for name, value in asked.model_dump(exclude_unset=True).items() if value is not None or name == "person"}
        async with self._database.transaction() as connection:
            if "person" in given:
                await retention.leave(connection, delegate)
            now = await _locked(connection, delegate) | given
            await _check_person(connection, given.get("person"))
            await connection.execute(_CHANGE, now | {"id": delegate, "plain": plain(now["name"])})
            if "lists" in given:
                await connection.execute("DELETE FROM list_entry WHERE delegate = %(id)s", {"id": delegate})
                await _enter(connection, now["occasion"], delegate, given["lists"])
            await refold_all(connection, [delegate])
            await connection.execute(_TOUCH, {"id": delegate})
            await self._audit.note(who, "delegate.change", str(delegate), within=connection, fields=sorted(given))

    async def delete(self, who: str, delegate: UUID) -> None:
        """Delete a delegate; raises CheckInError where there is none, or the record has them: then they can be revoked."""
        async with self._database.transaction() as connection:
            await retention.leave(connection, delegate)
            now = await _locked(connection, delegate)
            if now["state"] in HELD and now["passed"]:
                raise CheckInError("occasion.delegate_in_use", name=now["name"])
            await connection.execute("DELETE FROM delegate WHERE id = %(id)s", {"id": delegate})
            await self._audit.note(who, "delegate.delete", str(delegate), within=connection)

    async def revoke(self, who: str, delegate: UUID, reason: str) -> None:
        """Let a delegate in no more from now on; raises CheckInError where there is none."""
        async with self._database.transaction() as connection:
            await _locked(connection, delegate)
            await connection.execute(_REVOKE, {"id": delegate, "reason": reason})
            await refold_all(connection, [delegate])
            await self._audit.note(who, "delegate.revoke", str(delegate), within=connection, reason=reason)

    async def restore(self, who: str, delegate: UUID) -> None:
        """Take a revocation back: what was refused for it counts. Raises CheckInError where there is none."""
        async with self._database.transaction() as connection:
            await _locked(connection, delegate)
            await connection.execute(_RESTORE, {"id": delegate})
            await refold_all(connection, [delegate])
            await self._audit.note(who, "delegate.restore", str(delegate), within=connection)

    async def badge(self, who: str, delegate: UUID) -> None:
        """Give a delegate a new code; the old one is nobody's any more. Raises PeopleError without a key."""
        self._vault.check()
        async with self._database.transaction() as connection:
            await _locked(connection, delegate)
            await connection.execute(_BADGE, self._badge(delegate, badges.new_code()) | {"id": delegate})
            await self._audit.note(who, "delegate.badge", str(delegate), within=connection)

    def _badge(self, delegate: UUID, code: str | None) -> dict[str, bytes | None]:
        """Return a code's columns; without a key only what finds it, for a badge that is printed elsewhere."""
        sealed = self._vault.seal(badges.SEALED_AS, str(delegate), code.encode()) if code and self._vault.ready else None
        return {"digest": badges.digest(code) if code else None, "sealed": sealed}


async def _locked(connection: AsyncConnection[Any], delegate: UUID) -> dict[str, Any]:
    await lock(connection, [delegate])
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(_NOW, {"id": delegate})).fetchone()
    if found is None:
        raise CheckInError("occasion.no_delegate", id=delegate)
    return found


async def _check_person(connection: AsyncConnection[Any], person: UUID | None) -> None:
    if person and not await (await connection.execute("SELECT 1 FROM person WHERE id = %(id)s", {"id": person})).fetchone():
        raise CheckInError("occasion.no_person", id=person)


async def _enter(connection: AsyncConnection[Any], occasion: UUID, delegate: UUID, lists: Collection[UUID]) -> None:
    """Put a delegate on lists; raises CheckInError where one is not of the occasion."""
    values = {"delegate": delegate, "occasion": occasion, "lists": list(set(lists))}
    if (await connection.execute(_ENTER, values)).rowcount < len(set(lists)):
        raise CheckInError("occasion.no_list", id=", ".join(str(one) for one in lists))
