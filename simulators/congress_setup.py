"""an organiser's session → the demo's congress, open: delegates imported, faces agreed to, gates signed in, the day's schedule written."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from simulators import gate_scene, hall, schedule
from simulators.arrivals import FOREIGN, Story, story
from simulators.attendance import Told
from simulators.congress_files import CongressFiles
from simulators.delegates import MARK, Delegate, delegates
from simulators.organiser import Occasion, Organiser, Plan
from simulators.scenes import script
from simulators.scenes.script import SceneScript
from simulators.schedule import Pace
from wardroom.admission import Method

OTHER: Final = f"Hội nghị khác {MARK}"
_STARTING_S: Final = 4.0
"""Until the gates watch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was set up. `told`: what gates are told; `shown`: who comes before the main entrance's camera, in the order of the scene."""

    occasion: Occasion
    told: tuple[Told, ...]
    shown: tuple[Told, ...]
    scene: SceneScript
    start_us: int
    revoked: Mapping[int, datetime]


def set_up(organiser: Organiser, files: CongressFiles, *, seed: int, wall_port: int) -> Made:
    """Set everything up; an earlier run's congress goes."""
    files.prepare()
    who = delegates(seed)
    day = story(who, hall.GATES, seed, hall.CURVE, hall.SHARES)
    photos = {} if files.pixels is None else files.pixels.photos()
    faces = dict(zip(_first(day), photos, strict=False))
    organiser.cleared(hall.OCCASION, erase=True)
    other_occasion(organiser, day)
    plan = Plan(name=hall.OCCASION, place=hall.PLACE, list_name=hall.LIST, starts=datetime.now(UTC))
    occasion = organiser.made(plan, hall.ENTRANCES, who)
    for place in hall.GATEWAYS:
        files.gateway(place, wall_port=wall_port, token=organiser.token(place.site.id, place.id))
    people = _people(organiser, occasion, who, day if not faces else None)
    for number, name in faces.items():
        organiser.photo(people[number], photos[name])
    for number in sorted(day.revoked):
        organiser.revoke(occasion.delegates[number], "Thẻ báo mất (mô phỏng)")
    organiser.state(occasion.id, "rehearsal", "open")
    start_us = round((time.time() + _STARTING_S) * 1e6)
    told = schedule.scheduled(day, Pace(start_us=start_us, times=hall.TIMES), people, seed)
    shown = gate_scene.shown((one for one in told if one.gate == hall.MAIN.id), faces)
    scene = gate_scene.scene(shown, start_us, faces, seed)
    files.folder.write(files.script, msgspec.json.encode(script.plain(scene)).decode())
    rest = tuple(_aside(one) for one in told if one not in shown)
    schedule.write(rest, files.schedule)
    revoked = dict.fromkeys(day.revoked, datetime.fromtimestamp(0, UTC))
    return Made(occasion=occasion, told=rest, shown=shown, scene=scene, start_us=start_us, revoked=revoked)


def _first(day: Story) -> list[int]:
    """Return the delegates in the order in which they come to the main entrance."""
    return list(dict.fromkeys(one.delegate for one in day.comings if one.gate == hall.MAIN.id and one.delegate is not None))


def _aside(one: Told) -> Told:
    """Return it at the side entrance where the main one's camera would not know them: it is told what it sees."""
    return replace(one, gate=hall.SIDE.id) if one.gate == hall.MAIN.id else one


def _people(organiser: Organiser, occasion: Occasion, who: tuple[Delegate, ...], day: Story | None) -> dict[int, str]:
    """Return the person of everybody who comes by face, by number; of all without a day."""
    faces = None if day is None else {one.delegate for one in day.comings if one.method is Method.FACE}
    some = [one.number for one in who if faces is None or one.number in faces]
    return organiser.people(occasion, some, note="Đồng ý nhận diện (mô phỏng)")


def other_occasion(organiser: Organiser, day: Story) -> None:
    """Make the occasion whose badges some bring by mistake; an earlier one goes."""
    organiser.cleared(OTHER)
    codes = sorted({str(one.code) for one in day.comings if (one.code or "").startswith(FOREIGN)})
    unit = f"Đơn vị khác {MARK}"
    who = [
        Delegate(number, "Đồng chí", f"Khách nhầm {number}", "Đại biểu", unit, unit, f"Z{number:02}", code)
        for number, code in enumerate(codes, 1)
    ]
    organiser.made(Plan(name=OTHER, place=hall.PLACE, list_name=hall.LIST, starts=datetime.now(UTC)), (), who)
