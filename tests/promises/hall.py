"""An occasion at an arena's center, its gates a process of their own: opened over REST, told a schedule, and counted beside the truth."""

import asyncio
import itertools
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from simulators import attendance, gate_configs, schedule, services, status
from simulators.arrivals import Gate
from simulators.attendance import Comparison, Told
from simulators.delegates import Delegate
from simulators.entrance import Entrance
from simulators.gate_configs import Way
from simulators.organiser import Occasion, Organiser, Plan
from simulators.rest import Rest
from simulators.sign_in import Account
from simulators.status import FleetStatus
from simulators.told_gate import noted
from simulators.ward import Site, WardGateway
from tests.promises.arena import Arena
from tests.servers.running import Running
from wardroom.admission import Direction
from wardroom.messages import Name, SiteKind

SITE: Final = Site("hall", Name("Hội trường", "Hall"), SiteKind.OFFICE)
GATEWAYS: Final = tuple(WardGateway(SITE, f"gate-{number}", Name(f"Cổng {number}", f"Gateway {number}"), ()) for number in (1, 2, 3, 4))
GATES: Final = (Gate("north"), Gate("south"), Gate("side"), Gate("exit", Direction.OUT))
"""Each behind a gateway of its own."""
ENTRANCES: Final = tuple(
    Entrance(gate=gate, name=gate.id, site=SITE.id, gateway=place.id, camera=gate.id) for gate, place in zip(GATES, GATEWAYS, strict=True)
)
STARTING_S: Final = 4.0
"""Until the gates watch."""
_COUNTED_S: Final = 60.0
_LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Opened:
    """An occasion that is open, and the person of each delegate by number."""

    occasion: Occasion
    people: Mapping[int, str]
    revoked: Mapping[int, datetime]


class Hall:
    """Occasions one after the other, each test's own."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.rest = Rest(arena.scenery.ports.wall)
        self.organiser = Organiser(self.rest)
        self._numbers = itertools.count(1)
        self._root = arena.scenery.folder.root / "hall"
        self._root.mkdir(exist_ok=True)
        self._told: tuple[Told, ...] = ()
        self.notes = self._root / "notes"

    @property
    def gates(self) -> Running:
        assert self.arena.gates is not None, "an arena without gates"
        return self.arena.gates

    def sign_in(self) -> None:
        """Be an administrator."""
        config = ("--config", str(self.arena.scenery.config("center")))
        made = asyncio.run(
            services.once(self.arena.scenery.folder, "access", "administrator", "--one-time", "--account", "organiser", *config)
        )
        account = msgspec.json.decode(made, type=Account)
        self.rest.sign_in(account.account, account.password, secrets.token_urlsafe(16))

    def opened(self, who: Sequence[Delegate], revoked: frozenset[int] = frozenset(), entrances: Sequence[Entrance] = ENTRANCES) -> Opened:
        """Have an occasion of these delegates, all of them known by face; the one before goes."""
        number = next(self._numbers)
        self.organiser.cleared(f"Occasion {number - 1}")
        plan = Plan(name=f"Occasion {number}", place="", list_name="Day 1", starts=datetime.now(UTC))
        occasion = self.organiser.made(plan, entrances, who)
        people = self.organiser.people(occasion, [one.number for one in who], note="simulated")
        for one in sorted(revoked):
            self.organiser.revoke(occasion.delegates[one], "lost")
        self.organiser.state(occasion.id, "rehearsal", "open")
        return Opened(occasion, people, dict.fromkeys(revoked, datetime.fromtimestamp(0, UTC)))

    def write(self, told: Sequence[Told], *, through_line: bool = False) -> None:
        """Write the schedule and the gateways' files."""
        self._told = tuple(told)
        file = self._root / "schedule.jsonl"
        schedule.write(told, file)
        self.notes.unlink(missing_ok=True)
        for place, entrance in zip(GATEWAYS, ENTRANCES, strict=True):
            self.gateway(place, gate_configs.told(entrance.gate, file, self.notes), through_line=through_line)

    def gateway(self, place: WardGateway, camera: str, *, through_line: bool = False, token: str | None = None) -> None:
        """Write one gateway's file."""
        scenery = self.arena.scenery
        way = Way(
            broker=self.arena.line.port if through_line else scenery.ports.broker,
            center=scenery.ports.wall,
            password=scenery.password(place),
            token=token,
            data=scenery.outboxes / f"{place.site.id}.{place.id}",
            key=self._key(),
            more=scenery.wanted.edge_lines,
        )
        scenery.folder.write(scenery.folder.gates / f"{place.site.id}.{place.id}.toml", gate_configs.gateway(place, way, [camera]))

    @contextmanager
    def arrivals(self) -> Iterator[None]:
        """Have the gates tell while the test does its worst; left, all is told and receipted, and the gates have stopped."""
        self.gates.start(60.0)
        try:
            yield
            self.all_told()
        except BaseException:
            self.gates.kill()
            raise
        self.gates.stop()

    def all_told(self) -> None:
        """Wait until every passage is told."""
        last_us = max(one.at_us for one in self._told)
        deadline = last_us / 1e6 + _COUNTED_S
        while len(noted(self.notes)) < len(self._told):
            assert self.gates.running, self.arena.last_words("gates")
            assert time.time() < deadline, f"{len(noted(self.notes))} of {len(self._told)} told"
            time.sleep(_LOOK_S)

    def connected(self) -> int:
        """Return how many of the gateways' sessions are up."""
        told = status.read(self.arena.scenery.folder.state / "gates.json", FleetStatus)
        return 0 if told is None else told.connected

    def attendance(self, opened: Opened) -> Comparison:
        """Return the center's word on every passage beside the truth, as soon as it is the same, or as it is at the end."""
        truth = attendance.truth(self._told, opened.revoked)
        deadline = time.monotonic() + _COUNTED_S
        while True:
            said = {name: one.counted for name, one in self.organiser.passages(opened.occasion).items()}
            found = attendance.compared(truth, said)
            if found.equal or time.monotonic() > deadline:
                return found
            time.sleep(_LOOK_S * 5)

    def judged(self, opened: Opened) -> dict[str, Any]:
        """Fail where the attendance is not the truth, by passage, by delegate or by number; return the figures."""
        found = self.attendance(opened)
        assert found.equal, found
        truth = attendance.truth(self._told, opened.revoked)
        numbers = self.rest.get(f"/lists/{opened.occasion.list}/attendance")
        came = attendance.checked_in(truth)
        inside = attendance.inside(self._told, truth)
        assert (numbers["arrived"], numbers["inside"]) == (len(came), len(inside)), numbers
        by_id = {one: number for number, one in opened.occasion.delegates.items()}
        own = opened.occasion.list
        rows = {by_id[row["id"]]: row for row in self.rest.pages(f"/occasions/{opened.occasion.id}/delegates")}
        assert {number for number, row in rows.items() if row["arrived"].get(own)} == set(came)
        assert {number for number, row in rows.items() if row["inside"].get(own)} == inside
        assert sum(one["arrived"] for one in numbers["delegations"]) == len(came)
        return {"passages": found.right, "checked_in": len(came), "inside": len(inside), "expected": numbers["expected"]}

    def _key(self) -> Path:
        file = self._root / "gate.key"
        if not file.exists():
            self.arena.scenery.folder.write(file, secrets.token_hex(32))
        return file.resolve()
