"""a face known or a code read, who is expected, who came by already → what it counts for, and a greeting: without the network.

Pure: no clock, no disk. The rules are `wardroom.admission`'s, as at the center; here they see this gateway's gates only, so a delegate who
came in elsewhere may be greeted once more. What counts is the center's affair: it merges the same sightings later, one by one.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from edge.gate_log import AGAIN, Changes, Kept
from wardroom import admission, gate_choice, gate_list
from wardroom.admission import ADMITTED, COUNTED, Direction, Method, Passage, Result, Standing
from wardroom.gate_list import GateList, ListedDelegate, ListedGate
from wardroom.live import LiveGreeting
from wardroom.sight_events import CodeReadData, FaceRecognizedData, FaceUnknownData, SightData

DECIDED: Final = 4_096
"""Visits whose decision is remembered, so that the same word said again decides nothing anew; the oldest go."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody's passage counts for. `delegate`: None for the unknown; `greeting`: what the gate's screen says, None where nothing."""

    gate: ListedGate
    visit: str
    result: Result
    delegate: ListedDelegate | None = None
    greeting: LiveGreeting | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a sighting. `changes`: what the log has to keep and to forget."""

    decision: Decision | None = None
    changes: Changes = field(default_factory=Changes)


NOTHING: Final = Outcome()


class Gate:
    """All gates of one gateway. Of delegates who are no longer listed, and of occasions that are over, nothing stays.

    `kept`, `greeted`: what the log has of before a restart.
    """

    def __init__(self, kept: Iterable[Kept] = (), greeted: Mapping[str, datetime] | None = None) -> None:
        self._listed = gate_list.NOTHING
        self._gates: dict[str, list[ListedGate]] = {}
        self._persons: dict[str, list[ListedDelegate]] = {}
        self._badges: dict[str, list[ListedDelegate]] = {}
        self._kept: dict[str, Kept] = {one.passage.id: one for one in kept}
        self._of: defaultdict[tuple[str, str], dict[str, Passage]] = defaultdict(dict)
        self._decided: OrderedDict[str, str | None] = OrderedDict()
        self._greeted: dict[str, datetime] = dict(greeted or {})
        for one in self._kept.values():
            self._of[one.list, one.delegate][one.passage.id] = one.passage

    def __len__(self) -> int:
        """Return how many passages are remembered."""
        return len(self._kept)

    @property
    def listed(self) -> GateList:
        """Return the list it decides by."""
        return self._listed

    def follow(self, listed: GateList) -> Changes:
        """Decide by this list from now on; return what no longer counts: passages before an opening, and all of nobody listed."""
        self._listed = listed
        self._gates, self._persons, self._badges = defaultdict(list), defaultdict(list), defaultdict(list)
        for gate in listed.gates:
            if gate.camera is not None:
                self._gates[gate.camera].append(gate)
        for delegate in listed.delegates:
            if delegate.person is not None:
                self._persons[delegate.person].append(delegate)
            if delegate.badge is not None:
                self._badges[delegate.badge].append(delegate)
        here = {delegate.id for delegate in listed.delegates}
        strange = [who for who in self._greeted if who not in here]
        for who in strange:
            del self._greeted[who]
        return Changes(remove=self._clear(here), forget=strange)

    def seen(self, data: SightData) -> Outcome:
        """Return what comes of a sighting; nothing where its camera has no gate, or where the same was decided of this visit already."""
        gates = self._gates.get(data.camera, ()) if isinstance(data, FaceRecognizedData | FaceUnknownData | CodeReadData) else ()
        if not gates:
            return NOTHING
        if isinstance(data, CodeReadData):
            return self._decide(gates, self._badges.get(data.digest, []), data.visit, data.at, Method.CODE)
        if isinstance(data, FaceRecognizedData):
            return self._decide(gates, self._persons.get(data.person, []), data.visit, data.at, Method.FACE)
        if isinstance(data, FaceUnknownData):
            return self._decide(gates, [], data.visit, data.at, Method.FACE)
        return NOTHING

    def _decide(self, gates: Sequence[ListedGate], who: Sequence[ListedDelegate], visit: str, at: datetime, method: Method) -> Outcome:
        gate, delegate = gate_choice.chosen(gates, who, at)
        name = None if delegate is None else delegate.id
        if visit in self._decided and self._decided[visit] == name:
            return NOTHING
        self._decided[visit] = name
        self._decided.move_to_end(visit)
        if len(self._decided) > DECIDED:
            self._decided.popitem(last=False)
        remove = [visit] if self._forget(visit) else []
        if delegate is None:
            return Outcome(Decision(gate, visit, Result.UNKNOWN), Changes(remove=remove))
        passage = Passage(id=visit, at=at, direction=Direction(gate.direction), method=method)
        known = self._of.get((gate.list, delegate.id), {})
        result = admission.results(_standing(gate, delegate), [*known.values(), passage])[visit]
        put = [self._keep(gate, delegate, passage)] if result in COUNTED else []
        greeting = self._greeting(gate, delegate, passage, result)
        greeted = {} if greeting is None else {delegate.id: at}
        return Outcome(Decision(gate, visit, result, delegate, greeting), Changes(put=put, remove=remove, greeted=greeted))

    def _greeting(self, gate: ListedGate, delegate: ListedDelegate, passage: Passage, result: Result) -> LiveGreeting | None:
        if passage.direction is not Direction.IN or not (result in ADMITTED or result is Result.ALREADY):
            return None
        known = [one.at for one in self._of.get((gate.list, delegate.id), {}).values() if one.id != passage.id]
        last = self._greeted.get(delegate.id, max(known, default=None))  # after a restart: when they came
        if result is Result.ALREADY and last is not None and passage.at - last < AGAIN:
            return None
        self._greeted[delegate.id] = passage.at
        return LiveGreeting(
            id=passage.id,
            gate=gate.id,
            occasion=gate.occasion,
            at_us=round(passage.at.timestamp() * 1_000_000),
            result=result.value,
            title=delegate.title,
            name=delegate.name,
            position=delegate.position,
            unit=delegate.unit,
            seat=delegate.seat,
        )

    def _keep(self, gate: ListedGate, delegate: ListedDelegate, passage: Passage) -> Kept:
        kept = Kept(passage=passage, occasion=gate.occasion, list=gate.list, delegate=delegate.id)
        self._kept[passage.id] = kept
        self._of[gate.list, delegate.id][passage.id] = passage
        return kept

    def _forget(self, visit: str) -> bool:
        kept = self._kept.pop(visit, None)
        if kept is None:
            return False
        of = self._of[kept.list, kept.delegate]
        of.pop(visit, None)
        if not of:
            del self._of[kept.list, kept.delegate]
        return True

    def _clear(self, here: Collection[str]) -> list[str]:
        since = {occasion.id: occasion.opened for occasion in self._listed.occasions}
        gone = [visit for visit, one in self._kept.items() if one.delegate not in here or not _counts(one, since)]
        for visit in gone:
            self._forget(visit)
        return gone


def _counts(one: Kept, since: dict[str, datetime | None]) -> bool:
    if one.occasion not in since:
        return False
    opened = since[one.occasion]
    return opened is None or one.passage.at >= opened


def _standing(gate: ListedGate, delegate: ListedDelegate) -> Standing:
    return Standing(
        occasion=delegate.occasion == gate.occasion,
        listed=gate.list in delegate.lists,
        revoked=delegate.revoked,
        consent_withdrawn=delegate.consent_withdrawn,
    )
