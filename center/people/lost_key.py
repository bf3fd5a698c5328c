"""a key + a database → nothing that another key sealed: after a key was lost, so that people can be enrolled anew with a new one."""

from collections.abc import Mapping
from typing import Final

from center.people.audit import Audit
from center.people.vault import Vault
from center.store.database import Database

_FORGET: Final[Mapping[str, str]] = {
    "embedding": "DELETE FROM embedding WHERE substr(sealed, 1, length(%(mark)s)) <> %(mark)s",
    "photo": "DELETE FROM photo WHERE substr(sealed, 1, length(%(mark)s)) <> %(mark)s",
    "evidence": "DELETE FROM evidence WHERE substr(sealed, 1, length(%(mark)s)) <> %(mark)s",
    "badge": "UPDATE delegate SET badge_sealed = NULL WHERE substr(badge_sealed, 1, length(%(mark)s)) <> %(mark)s",
}
"""A badge that was printed stays valid: only its text cannot be printed again."""


async def forget(database: Database, vault: Vault, audit: Audit, who: str) -> dict[str, int]:
    """Delete what `vault` cannot open; return how many of each there were. Raises PeopleError without a key, StorageError."""
    vault.check()
    forgotten = {}
    async with database.transaction() as connection:
        for name, query in _FORGET.items():
            forgotten[name] = (await connection.execute(query, {"mark": vault.mark})).rowcount
        await audit.note(who, "people.key_lost", "", within=connection, **forgotten)
    return forgotten
