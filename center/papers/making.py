"""what an import would do → the rows it writes: ids, codes where none is given, each sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import uuid6

from center.occasions import badges
from center.papers.matching import Changes, Known
from center.papers.plan import Entry
from center.people.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A delegate as the tables have it. `digest`, `sealed`: of a new code, None where it stays; `person`: None where there is one."""

    id: UUID
    entry: Entry
    person: UUID | None
    digest: bytes | None
    sealed: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All rows of an import: `created` are new, `changed` on record; `lent` are on record, as they are, but without a person."""

    created: Sequence[Written]
    changed: Sequence[Written]
    lent: Sequence[tuple[UUID, UUID]]


def rows(changes: Changes, vault: Vault) -> Rows:
    """Make the rows. Without a key nobody gets a code, and one that is given can be found but not printed again."""
    fresh = [(uuid6.uuid7(), entry) for entry in changes.created]
    return Rows(
        created=[_written(vault, made, entry, entry.code or _code(vault), uuid6.uuid7()) for made, entry in fresh],
        changed=[_written(vault, one.known.id, one.entry, one.entry.code, None) for one in changes.changed],
        lent=[(one.id, uuid6.uuid7()) for one in _known(changes) if one.person is None],
    )


def _known(changes: Changes) -> list[Known]:
    return [*(one.known for one in changes.changed), *changes.unchanged]


def _code(vault: Vault) -> str:
    return badges.new_code() if vault.ready else ""


def _written(vault: Vault, made: UUID, entry: Entry, code: str, person: UUID | None) -> Written:
    sealed = vault.seal(badges.SEALED_AS, str(made), code.encode()) if code and vault.ready else None
    return Written(id=made, entry=entry, person=person, digest=badges.digest(code) if code else None, sealed=sealed)
