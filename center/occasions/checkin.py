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
from center.occasions.lookout import Album, Lookout
from center.occasions.occasions import Occasions
from center.occasions.passages import Passages
from center.occasions.portraits import Portraits
from center.occasions.roll import Roll
from center.occasions.settling import Settling
from center.occasions.shots import Shots
from center.occasions.strangers import Strangers
from center.occasions.telling import Telling
from center.people.tools import Tools
from vision import thresholds


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
    strangers: Strangers
    lookout: Lookout
    portraits: Portraits
    arrivals: Arrivals
    catching_up: CatchingUp

    @classmethod
    def assemble(cls, tools: Tools, *, hub: Hub, album: Album, threshold: float | None) -> Self:
        """Put the parts together. `album`: what keeps photos; `threshold`: the setting people.threshold."""
        database, audit, vault = tools.database, tools.audit, tools.vault
        telling, shots = Telling(database=database, hub=hub, clock=tools.clock), Shots(database=database, vault=vault)
        above = thresholds.same_above if threshold is None else lambda _model: threshold
        strangers = Strangers(database=database, shots=shots, telling=telling, same_above=above)
        arrivals = Arrivals(settling=Settling(database), strangers=strangers, telling=telling)
        return cls(
            occasions=Occasions(database=database, audit=audit),
            lists=CheckinLists(database=database, audit=audit),
            gates=Gates(database=database, audit=audit),
            delegates=Delegates(database=database, audit=audit, vault=vault),
            roll=Roll(database),
            passages=Passages(database),
            desk=Desk(database=database, audit=audit),
            shots=shots,
            telling=telling,
            strangers=strangers,
            lookout=Lookout(database=database, audit=audit, shots=shots, album=album),
            portraits=Portraits(database=database, audit=audit, vault=vault),
            arrivals=arrivals,
            catching_up=CatchingUp(database=database, arrivals=arrivals),
        )

    async def run(self) -> None:
        """Settle what comes, catch up with what came, tell what changed elsewhere, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.arrivals.run(), name="check-in, live")
            tasks.create_task(self.catching_up.run(), name="check-in, catching up")
            tasks.create_task(self.telling.run(), name="check-in, telling")
            tasks.create_task(self.strangers.run(), name="check-in, strangers")
