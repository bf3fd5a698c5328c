"""delegates and gates → an occasion at a center, set up over REST as an organiser does: list, gates, import of the workbook, opened."""

import mimetypes
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from simulators.attendance import Counted
from simulators.delegates import Delegate
from simulators.entrance import Entrance
from simulators.rest import Rest, part
from simulators.workbook import xlsx
from wardroom.admission import Result
from wardroom.errors import EmbeddedError

_WAIT_S: Final = 60.0
_LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be set up."""

    name: str
    place: str
    list_name: str
    starts: datetime
    lasts: timedelta = timedelta(hours=4)
    theme: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What was set up: ids of the occasion, of its list, and of each delegate by number."""

    id: str
    list: str
    delegates: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage as the center has it; `gate`: None at the desk."""

    gate: str | None
    counted: Counted


class Organiser:
    """Sets up; `rest` is signed in as an administrator."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    def cleared(self, name: str, *, erase: bool = False) -> None:
        """Delete every occasion of this name; `erase`: the persons of its delegates go too."""
        for one in self._rest.pages("/occasions"):
            if one["name"] == name:
                if one["state"] == "open":
                    self.state(one["id"], "closed")
                delegates = self._rest.pages(f"/occasions/{one['id']}/delegates") if erase else []
                for person in sorted({row["person"] for row in delegates} - {None}):
                    self._rest.delete(f"/people/{person}")
                self._rest.delete(f"/occasions/{one['id']}")

    def made(self, plan: Plan, entrances: Sequence[Entrance], who: Sequence[Delegate]) -> Occasion:
        """Make the occasion, its list and gates, and import the delegates."""
        starts, ends = plan.starts.astimezone(UTC), (plan.starts + plan.lasts).astimezone(UTC)
        asked = {"name": plan.name, "place": plan.place, "starts": starts.isoformat(), "ends": ends.isoformat()}
        occasion = self._rest.post("/occasions", asked | ({"theme": dict(plan.theme)} if plan.theme else {}))["id"]
        own_list = self._rest.post(f"/occasions/{occasion}/lists", {"name": plan.list_name})["id"]
        for entrance in entrances:
            self._gate(occasion, own_list, entrance)
        self.imported(occasion, [own_list], xlsx(who))
        by_code = {one.seat: one.number for one in who}
        found = self._rest.pages(f"/occasions/{occasion}/delegates")
        return Occasion(occasion, own_list, {by_code[one["seat"]]: one["id"] for one in found})

    def imported(self, occasion: str, lists: Sequence[str], workbook: bytes, name: str = "dai-bieu.xlsx") -> Mapping[str, Any]:
        """Import a workbook: look first, then store; raises EmbeddedError where it is refused."""
        upload = self._rest.put_file(f"/uploads?name={part(name)}", workbook)["id"]
        job = self._rest.post(f"/occasions/{occasion}/imports", {"upload": upload, "lists": list(lists)})
        path = f"/imports/{job['id']}"
        self._until(path, "ready")
        self._rest.post(f"{path}/commit")
        return self._until(path, "done")

    def state(self, occasion: str, *states: str) -> None:
        """Take it through these states."""
        for state in states:
            self._rest.post(f"/occasions/{occasion}/state", {"state": state})

    def revoke(self, delegate: str, reason: str) -> None:
        self._rest.post(f"/delegates/{delegate}/revoke", {"reason": reason})

    def token(self, site: str, gateway: str) -> str:
        """Return a new token of a gateway; an earlier one ceases."""
        return str(self._rest.post(f"/gateways/{site}/{gateway}/token")["token"])

    def people(self, occasion: Occasion, numbers: Iterable[int], *, note: str) -> dict[int, str]:
        """Return the persons of these delegates, by number; each of them has agreed to be recognised from now on."""
        there = {one["id"]: one for one in self._rest.pages(f"/occasions/{occasion.id}/delegates")}
        return {number: self._agreed(there[occasion.delegates[number]], note) for number in numbers}

    def _agreed(self, delegate: Mapping[str, Any], note: str) -> str:
        """Return a delegate's person, made where there is none, after noting their consent."""
        person = delegate["person"]
        if person is None:
            person = self._rest.post("/people", {"name": delegate["name"], "consents": [{"kind": "face", "note": note}]})["id"]
            self._rest.patch(f"/delegates/{delegate['id']}", {"person": person})
        elif not delegate["consent"]["face"]:
            self._rest.post(f"/people/{person}/consents", {"kind": "face", "given": True, "note": note})
        return str(person)

    def photo(self, person: str, file: Path) -> None:
        """Enrol a person from a photo; raises EmbeddedError with the reason where it is of no use."""
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        path = f"/people/{person}/photos"
        told = self._rest.put_file(path, file.read_bytes(), kind)
        if not told["accepted"]:
            raise EmbeddedError("simulators.center_refuses", method="POST", path=file.name, detail=told["reason"])

    def arrived(self, occasion: Occasion) -> tuple[int, int]:
        """Return how many have come, of how many."""
        told = self._rest.get(f"/lists/{occasion.list}/attendance")
        return int(told["arrived"]), int(told["expected"])

    def passages(self, occasion: Occasion) -> dict[str, Passage]:
        """Return every passage of the occasion's list, by its id."""
        numbers = {one: number for number, one in occasion.delegates.items()}
        return {
            one["id"]: Passage(one["gate"], Counted(Result(one["result"]), numbers.get(one["delegate"]), _micros(one["at"])))
            for one in self._rest.pages(f"/lists/{occasion.list}/passages")
        }

    def _gate(self, occasion: str, own_list: str, one: Entrance) -> None:
        place = {"site": one.site, "gateway": one.gateway, "camera": one.camera}
        gate = {"id": one.gate.id, "name": one.name, "list": own_list, "direction": one.gate.direction.value}
        self._rest.post(f"/occasions/{occasion}/gates", gate | place)

    def _until(self, path: str, state: str) -> Mapping[str, Any]:
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            job: Mapping[str, Any] = self._rest.get(path)
            if job["state"] == state:
                return job
            if job["state"] == "failed":
                raise EmbeddedError("simulators.center_refuses", method="POST", path=path, detail=job["detail"])
            time.sleep(_LOOK_S)
        raise EmbeddedError("embedded.too_slow", name=path, seconds=int(_WAIT_S))


def _micros(text: str) -> int:
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
