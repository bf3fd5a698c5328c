"""Promise: in whatever order sightings arrive, and however often, the table says what `wardroom.admission` says of all of them."""

import asyncio
import dataclasses
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import uuid6
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from center.occasions.delegate_models import DelegateOut, DelegatePatch
from center.occasions.sightings import Sighting
from center.people.models import ConsentIn
from center.room import Room
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.rooms import furnished
from tests.center.occasions.seen import ago, face
from tests.servers.databases import TestDatabase
from wardroom.admission import Direction, Method, Passage, Standing, results
from wardroom.clock import SystemClock

pytestmark = pytest.mark.servers

Plan = list[tuple[int, int | None, int, str]]
CAMERAS = {"cam-1": Direction.IN, "cam-out": Direction.OUT}
SIGHTINGS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from((0, 1, None)), st.integers(0, 5), st.sampled_from(tuple(CAMERAS))), min_size=1, max_size=7
)
"""Visit, whose it is, when (seconds), before which camera; of a visit the first camera holds."""
_ALLOWED = Standing()


@dataclasses.dataclass
class Scene:
    """Two centers on one database with an open occasion, in a loop of their own."""

    runner: asyncio.Runner
    hall: Hall
    centers: tuple[Room, Room]


@pytest.fixture
def scene(migrated: TestDatabase, tmp_path: Path) -> Iterator[Scene]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def begin() -> Scene:
            room = furnished(migrated, tmp_path)
            other = Room.assemble(room.settings, SystemClock())
            for one in (room, other):
                await stack.enter_async_context(one.database)
            hall = await Hall.plan(room)
            await hall.gate("gate-out", "cam-out", direction="out")
            return Scene(runner, await hall.open(), (room, other))

        yield runner.run(begin())
        runner.run(stack.aclose())


def told(plan: Plan, people: list[DelegateOut], start: datetime) -> list[Sighting]:
    """Return the sightings in the order in which gateways told them."""
    visits: dict[int, tuple[UUID, str]] = {}
    found = []
    for number, who, second, camera in plan:
        visit, where = visits.setdefault(number, (uuid6.uuid7(), camera))
        person = None if who is None else people[who].person
        found.append(face(person, visit=visit, at=start + timedelta(seconds=second), camera=where))
    return found


def expected(seen: list[Sighting], standing: Standing = _ALLOWED, undone: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return what each visit counts for, by the pure rules alone."""
    visits: dict[UUID, list[Sighting]] = {}
    for one in seen:
        visits.setdefault(one.visit, []).append(one)
    people: dict[str | None, list[Passage]] = {}
    for visit, all_of_it in visits.items():
        last = max(all_of_it, key=lambda one: one.event)
        at = min(one.at for one in all_of_it)
        passage = Passage(id=str(visit), at=at, direction=CAMERAS[last.camera], method=Method.FACE, undone=str(visit) in undone)
        people.setdefault(last.person, []).append(passage)
    found = {passage.id: "undone" if passage.undone else "unknown" for passage in people.pop(None, [])}
    for passages in people.values():
        found |= {name: result.value for name, result in results(standing, passages).items()}
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=SIGHTINGS, order=st.randoms(use_true_random=False), repeats=st.integers(1, 2))
def test_any_order_and_repetition_gives_what_the_rules_say(
    scene: Scene, plan: list[tuple[int, int | None, int, str]], order: object, repeats: int
) -> None:
    async def example() -> tuple[dict[str, str], dict[str, str]]:
        people = []
        for name in ("Nguyễn Văn An", "Trần Thị Bình"):
            scene.hall.people.clear()
            people.append(await scene.hall.delegate(name, person=True))
        seen = told(plan, people, ago(600))
        arriving = seen * repeats
        order.shuffle(arriving)  # type: ignore[attr-defined]  # hypothesis' own random.Random
        halves = arriving[::2], arriving[1::2]
        await asyncio.gather(*[_settle(center, half) for center, half in zip(scene.centers, halves, strict=True)])
        query = "SELECT id::text, result FROM passage WHERE id = ANY(%(ids)s)"
        rows = await scene.centers[0].database.rows(query, {"ids": list({one.visit for one in seen})})
        return dict(rows), expected(seen)

    table, rules = scene.runner.run(example())
    assert table == rules


WORDS = st.lists(
    st.sampled_from(("agrees", "withdraws", "is revoked", "is restored", "leaves the list", "joins the list")), min_size=1, max_size=4
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=SIGHTINGS, order=st.randoms(use_true_random=False), words=WORDS)
def test_whatever_is_said_of_somebody_meanwhile_gives_what_the_rules_say_of_the_last_word(
    scene: Scene, plan: Plan, order: object, words: list[str]
) -> None:
    async def example() -> tuple[dict[str, str], dict[str, str]]:
        scene.hall.people.clear()
        delegate = await scene.hall.delegate("Nguyễn Văn An", person=True)
        seen = told([(visit, None if who is None else 0, second, camera) for visit, who, second, camera in plan], [delegate], ago(-60))
        undone = {one.visit for one in seen[3:4]}
        doing: list[Sighting | str] = [*seen, *words]
        order.shuffle(doing)  # type: ignore[attr-defined]  # hypothesis' own random.Random
        for one in doing:
            if isinstance(one, str):
                await _say(scene.hall, delegate, one)
                continue
            await scene.centers[order.randrange(2)].checkin.arrivals.settle(one, "live")  # type: ignore[attr-defined]
            if one.visit in undone:
                await scene.hall.room.checkin.desk.undo(BY, one.visit, "nhầm")
        query = "SELECT id::text, result FROM passage WHERE id = ANY(%(ids)s)"
        rows = await scene.centers[0].database.rows(query, {"ids": list({one.visit for one in seen})})
        return dict(rows), expected(seen, await _standing(scene.hall, delegate), frozenset(map(str, undone)))

    table, rules = scene.runner.run(example())
    assert table == rules


async def _say(hall: Hall, delegate: DelegateOut, word: str) -> None:
    delegates = hall.room.checkin.delegates
    match word:
        case "agrees" | "withdraws":
            await hall.room.people.consent(str(delegate.person), ConsentIn(kind="face", given=word == "agrees", note=""), BY)
        case "is revoked":
            await delegates.revoke(BY, delegate.id, "x")
        case "is restored":
            await delegates.restore(BY, delegate.id)
        case _:
            await delegates.change(BY, delegate.id, DelegatePatch(lists=(hall.list,) if word == "joins the list" else ()))


async def _standing(hall: Hall, delegate: DelegateOut) -> Standing:
    now = await hall.room.checkin.roll.get(delegate.id)
    return Standing(listed=hall.list in now.lists, revoked=now.revoked, consent_withdrawn=None if now.consent.face else ago(3_600))


async def _settle(center: Room, seen: list[Sighting]) -> None:
    for one in seen:
        await center.checkin.arrivals.settle(one, "live")
