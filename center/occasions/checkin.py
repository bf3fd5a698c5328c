"""database, log, vault → the parts of the check-in, put together once for the routes and the life cycle."""

from dataclasses import dataclass
from typing import Self

from center.occasions.checkin_lists import CheckinLists
from center.occasions.delegates import Delegates
from center.occasions.gates import Gates
from center.occasions.occasions import Occasions
from center.occasions.roll import Roll
from center.people.audit import Audit
from center.people.vault import Vault
from center.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """All parts of the check-in."""

    occasions: Occasions
    lists: CheckinLists
    gates: Gates
    delegates: Delegates
    roll: Roll

    @classmethod
    def assemble(cls, database: Database, audit: Audit, vault: Vault) -> Self:
        return cls(
            occasions=Occasions(database=database, audit=audit),
            lists=CheckinLists(database=database, audit=audit),
            gates=Gates(database=database, audit=audit),
            delegates=Delegates(database=database, audit=audit, vault=vault),
            roll=Roll(database),
        )
