"""database, log, vault → the parts of the check-in, put together once for the routes and the life cycle."""

import asyncio
from dataclasses import dataclass
from typing import Self

from center.hub import Hub
from center.occasions.arrivals import Arrivals
from center.occasions.catching_up import CatchingUp
from center.occasions.checkin_lists import CheckinLists
from center.occasions.delegates import Delegates
from center.occasions.desk import Desk
from center.occasions.gates import Gates
from center.occasions.occasions import Occasions
from center.occasions.passages import Passages
from center.occasions.roll import Roll
from center.occasions.settling import Settling
from center.occasions.shots import Shots
from center.occasions.telling import Telling
from center.people.audit import Audit
from center.people.vault import Vault
from center.store.database import Database
from wardroom.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """All parts of the check-in."""

    occasions: Occasions
    lists: CheckinLists
    gates: Gates
    delegates: Delegates
    roll: Roll
    passages: Passages
    desk: Desk
    shots: Shots
    telling: Telling
    arrivals: Arrivals
    catching_up: CatchingUp

    @classmethod
    def assemble(cls, *, database: Database, audit: Audit, vault: Vault, hub: Hub, clock: Clock) -> Self:
        telling = Telling(database=database, hub=hub, clock=clock)
        arrivals = Arrivals(settling=Settling(database), telling=telling)
        return cls(
            occasions=Occasions(database=database, audit=audit),
            lists=CheckinLists(database=database, audit=audit),
            gates=Gates(database=database, audit=audit),
            delegates=Delegates(database=database, audit=audit, vault=vault),
            roll=Roll(database),
            passages=Passages(database),
            desk=Desk(database=database, audit=audit),
            shots=Shots(database=database, vault=vault),
            telling=telling,
            arrivals=arrivals,
            catching_up=CatchingUp(database=database, arrivals=arrivals),
        )

    async def run(self) -> None:
        """Settle what comes, catch up with what came, tell what changed elsewhere, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.arrivals.run(), name="check-in, live")
            tasks.create_task(self.catching_up.run(), name="check-in, catching up")
            tasks.create_task(self.telling.run(), name="check-in, telling")
