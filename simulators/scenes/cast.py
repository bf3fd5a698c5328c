"""(script, people) → the visits: who comes with which picture, dressed how, holding what; a name that is nobody's is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from simulators.noise import uniform
from simulators.scenes.body import Body, dressed
from simulators.scenes.cutout import Head, head
from simulators.scenes.kept import Kept
from simulators.scenes.optics import Optics
from simulators.scenes.paths import Walk
from simulators.scenes.people import People, Person
from simulators.scenes.script import Arrival, SceneScript
from simulators.scenes.things import Thing, badge, picture
from wardroom.errors import ConfigError

_BODIES: Final = 12
_SEEDS: Final = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One arrival, cast."""

    id: str
    arrival: Arrival
    picture: str
    known: bool
    walk: Walk
    seed: int


class Cast:
    """Everybody of a script."""

    def __init__(self, script: SceneScript, people: People, heads: Mapping[tuple[str, str], Head], visits: tuple[Visit, ...]) -> None:
        self.visits = visits
        self.enrolled = {name: people.people[name].pictures[0] for name in enrolled(script, people)}
        self._people = people
        self._heads = heads
        self._bodies: Kept[str, tuple[Body, Thing | None]] = Kept(_BODIES)

    def body(self, visit: Visit) -> tuple[Body, Thing | None]:
        """Return a visit's body and the thing it holds; both are forgotten when many others came."""
        return self._bodies.get(visit.id, lambda: self._made(visit))

    def _made(self, visit: Visit) -> tuple[Body, Thing | None]:
        arrival = visit.arrival
        body = dressed(self._heads[arrival.person, visit.picture], visit.seed, arrival.covers)
        if arrival.badge is not None:
            return body, badge(arrival.badge)
        if arrival.shows is not None:
            return body, picture(self._people.portrait(arrival.shows, self._people.people[arrival.shows].pictures[0]), arrival.on)
        return body, None


def cast(script: SceneScript, people: People, optics: Optics) -> Cast:
    """Return the cast, each portrait read and each head cut out: an unreadable picture is told now and not in the middle of the scene."""
    visits = tuple(_visit(number, script, people, optics) for number in range(len(script.arrivals)))
    heads: dict[tuple[str, str], Head] = {}
    for visit in visits:
        key = visit.arrival.person, visit.picture
        if key not in heads:
            heads[key] = head(people.portrait(*key))
        if visit.arrival.badge is not None:
            badge(visit.arrival.badge)
    return Cast(script, people, heads, visits)


def enrolled(script: SceneScript, people: People) -> tuple[str, ...]:
    """Return who is enrolled; raises ConfigError if the script names somebody who is not in the folder."""
    if script.enrolled is None:
        return tuple(people.people)
    for index, name in enumerate(script.enrolled):
        _person(people, name, f"enrolled[{index}]")
    return script.enrolled


def _visit(number: int, script: SceneScript, people: People, optics: Optics) -> Visit:
    arrival = script.arrivals[number]
    field = f"arrivals[{number}]"
    person = _person(people, arrival.person, f"{field}.person")
    if arrival.shows is not None:
        _person(people, arrival.shows, f"{field}.shows")
        if arrival.badge is not None:
            raise ConfigError("simulators.scene_two_hands", field=field)
    key = f"{number}:{arrival.person}"
    chosen = _picture(person, arrival, field, uniform(script.seed, f"{key}:picture", 0))
    known = arrival.person in enrolled(script, people)
    seed = script.seed * _SEEDS + list(people.people).index(arrival.person)
    return Visit(f"v{number + 1}", arrival, chosen, known, Walk(arrival, optics, key, script.seed), seed)


def _person(people: People, name: str, field: str) -> Person:
    if name not in people.people:
        raise ConfigError("simulators.scene_nobody", field=field, value=name, known=", ".join(list(people.people)[:12]))
    return people.people[name]


def _picture(person: Person, arrival: Arrival, field: str, chance: float) -> str:
    """Return the picture of a visit: the one asked for, or any but the enrolled one."""
    if arrival.picture is not None:
        if arrival.picture not in person.pictures:
            raise ConfigError(
                "simulators.scene_no_picture", field=f"{field}.picture", value=arrival.picture, known=", ".join(person.pictures[:12])
            )
        return arrival.picture
    others = person.pictures[1:] or person.pictures
    return others[int(chance * len(others))]
