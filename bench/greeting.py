"""people who walk in before a camera → how long after the first usable frame of them a screen greets them, hop by hop.

Two people appear at the gate, again and again, in a film that the edge decodes like any camera's. The first usable frame is the first one
of a visit: they step in close and from the front. Everything a ward has runs on this machine: eyes, outbox, broker, ingest, center, and
the screen, in Chromium too where there is one. The limit is a second.
"""

import asyncio
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

import uuid6

from bench import walkers
from bench.greeted import Came, watching
from bench.greeting_page import Page, paged
from bench.result import Lacking, Result, percentile
from bench.stage import COMMAND, PLACE, Stage, staged
from bench.vision_stage import RECOGNISER, VARIABLE
from bench.watching import ended
from simulators import gate_configs
from simulators.arrivals import Gate
from simulators.delegates import delegates
from simulators.entrance import Entrance
from simulators.gate_configs import Way
from simulators.organiser import Occasion, Organiser, Plan
from simulators.rest import Rest
from simulators.scenes import film, playing
from simulators.scenes.people import Folder
from simulators.scenes.scene import prepared
from simulators.scenes.script import Arrival, SceneScript
from simulators.ward import Site, WardGateway
from tests.vision import entrance
from vision import yunet
from wardroom.messages import Name, SiteKind

_LIMIT_MS: Final = 1_000.0
_FPS: Final = 10.0
_PEOPLE: Final = 2
_EVERY_S: Final = 7.0
"""Between two people."""
_FIRST_S: Final = 1.0
_SECONDS: Final = _PEOPLE * _EVERY_S
_ENGINE: Final = f"yunet+{RECOGNISER}"
_GATE: Final = Gate("gate")
_HALL: Final = WardGateway(Site(PLACE.site, Name("Đo", "Bench"), SiteKind.OFFICE), PLACE.gateway, Name("Cổng", "Gateway"), ())
_HOPS: Final = ("usable", "decided", "told", "broker", "center", "screen")


@dataclass(frozen=True, slots=True)
class Visit:
    """When one visit passed each hop (microseconds since 1970); `page`: when Chromium drew it, None where there is none."""

    hops: dict[str, int]
    page: int | None

    def since(self, first: str, last: str) -> float:
        """Return the milliseconds between two hops."""
        return (self.hops[last] - self.hops[first]) / 1_000


async def measure(*, quick: bool) -> list[Result]:
    """First usable frame → greeting, at the median and in the tail."""
    rounds = 3 if quick else 7
    if not (testdata := os.environ.get(VARIABLE)):
        raise Lacking(f"${VARIABLE} names no folder of pictures and models")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        visits = await _visits(Path(testdata), folder, rounds)
    if len(visits) < _PEOPLE * (rounds - 1):
        raise RuntimeError(f"{len(visits)} of {_PEOPLE * rounds} visits were greeted")
    figures = _figures(visits)
    return [_late(visits, percent, figures) for percent in (50, 95)]


def _late(visits: Sequence[Visit], percent: int, figures: dict[str, float]) -> Result:
    ours = percentile([visit.since("usable", "screen") for visit in visits], percent)
    return Result(
        name=f"first usable frame → greeting, p{percent}",
        unit="ms",
        ours=ours,
        limit=_LIMIT_MS,
        limit_is="what whoever walks in may wait (the ratio is limit / ours)",
        ratio=_LIMIT_MS / ours,
        figures=figures,
    )


def _figures(visits: Sequence[Visit]) -> dict[str, float]:
    found: dict[str, float] = {"visits": float(len(visits))}
    for first, last in pairwise(_HOPS):
        for percent in (50, 95):
            found[f"{first} → {last} p{percent}_ms"] = round(percentile([visit.since(first, last) for visit in visits], percent), 1)
    drawn = [(visit.page - visit.hops["usable"]) / 1_000 for visit in visits if visit.page is not None]
    for percent in (50, 95) if drawn else ():
        found[f"usable → drawn in Chromium p{percent}_ms"] = round(percentile(drawn, percent), 1)
    return found


async def _visits(testdata: Path, folder: Path, rounds: int) -> list[Visit]:
    models = testdata / "models"
    (folder / "people").mkdir()
    people = entrance.folder(testdata, folder / "people")
    await asyncio.to_thread(_filmed, people, models, folder / "film.mp4")
    key = folder / "people.key"
    key.write_text(secrets.token_hex(32))
    key.chmod(0o600)
    more = {"KEY": key, "MODELS": models, "ENGINE": _ENGINE}
    async with staged(series=1, ingest=True, more={f"WARDROOM__PEOPLE__{name}": str(value) for name, value in more.items()}) as stage:
        rest = Rest(stage.port)
        password = await stage.administrator("organiser")
        await asyncio.to_thread(rest.post, "/session", {"account": "organiser", "password": password})
        organiser = Organiser(rest)
        occasion = await asyncio.to_thread(_opened, organiser, rest, people)
        token = await asyncio.to_thread(organiser.token, PLACE.site, PLACE.gateway)
        config = _config(stage, folder, token, models)
        async with watching(stage.port, rest.cookie, stage.center) as came, paged(stage, _GATE.id) as page, _edge(config):
            await _walked(rest, occasion, came, folder / "pictures", rounds)
            return _passed(came, walkers.handed_over(folder / "pictures"), page)


def _filmed(people: Path, models: Path, file: Path) -> None:
    """Film one after the other stepping in before the camera."""
    ways = (((0.2, 1.95), (0.1, 1.8), (1.9, 1.0)), ((-0.2, 1.95), (-0.1, 1.8), (-1.9, 1.0)))
    arrivals = tuple(
        Arrival(person=person, at_s=_FIRST_S + number * _EVERY_S, path=way, picture="2.jpg", pause_s=3.0)
        for number, (person, way) in enumerate(zip(entrance.KNOWN, ways, strict=True))
    )
    script = SceneScript(seconds=_SECONDS, fps=_FPS, enrolled=entrance.KNOWN, arrivals=arrivals, stamp=False)
    scene = prepared(script, Folder(people, yunet.opened(models / entrance.YUNET)))
    film.filmed((played.frame for played in playing.at_once(scene)), file, size=(script.width, script.height), fps=_FPS)


def _opened(organiser: Organiser, rest: Rest, people: Path) -> Occasion:
    """Open an occasion of two delegates, enrolled from their first photo."""
    who = delegates(1, _PEOPLE)
    place = Entrance(gate=_GATE, name="Cửa", site=PLACE.site, gateway=PLACE.gateway, camera=_GATE.id)
    occasion = organiser.made(Plan(name="Bench", place="", list_name="Day 1", starts=datetime.now(UTC)), [place], who)
    persons = organiser.people(occasion, [one.number for one in who], note="bench")
    for number, person in enumerate(entrance.KNOWN, 1):
        rest.put_file(f"/people/{persons[number]}/photos", (people / person / "1.jpg").read_bytes(), "image/jpeg")
    organiser.state(occasion.id, "rehearsal", "open")
    return occasion


def _config(stage: Stage, folder: Path, token: str, models: Path) -> Path:
    own = stage.gateway
    key = folder / "gate.key"
    key.write_text(secrets.token_hex(32))
    key.chmod(0o600)
    way = Way(broker=own.port, center=stage.port, password=own.password.reveal(), token=token, data=folder / "outbox", key=key)
    eyes = f'codes = true, gallery = "center", engine = "{_ENGINE}", models = "{models}"'
    lines = [f'path = "{folder / "film.mp4"}"', f'options = {{ log = "{folder / "pictures"}" }}', f"watch_options = {{ {eyes} }}"]
    camera = gate_configs.camera(_GATE, "bench.walkers:Walkers", "eyes", lines)
    file = folder / "edge.toml"
    file.write_text(gate_configs.gateway(_HALL, way, [camera]), encoding="utf-8")
    return file


@asynccontextmanager
async def _edge(config: Path) -> AsyncIterator[None]:
    log = config.with_suffix(".log").open("wb")
    with log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", COMMAND, "edge", "--config", str(config), stdout=log, stderr=log
        )
        try:
            yield
        finally:
            process.terminate()
            await asyncio.wait([asyncio.create_task(process.wait())], timeout=15)
            await ended(process)


async def _walked(rest: Rest, occasion: Occasion, came: Came, pictures: Path, rounds: int) -> None:
    """Wait until the film was shown so often; whoever was greeted leaves by hand, so that they can come in again."""
    left: set[str] = set()
    path = f"/lists/{occasion.list}/passages"
    while len(walkers.handed_over(pictures)) < rounds * _SECONDS * _FPS:
        greeted = [one for one in list(came.passages.values()) if one.id in came.greetings and one.id not in left]
        await asyncio.sleep(1.0)
        for passage in greeted:
            left.add(passage.id)
            asked = {"id": str(uuid6.uuid7()), "direction": "out", "method": "hand", "delegate": passage.delegate, "reason": "out"}
            await asyncio.to_thread(rest.post, path, asked | {"gate": None, "code": None, "override": False})


def _passed(came: Came, pictures: Sequence[int], page: Page) -> list[Visit]:
    """Return the visits that were greeted, each with the first picture of the person it was of."""
    firsts = [number for number in range(len(pictures)) if round(number - _FIRST_S * _FPS) % round(_EVERY_S * _FPS) == 0]
    drawn = page.drawn
    visits = []
    for name, (_, screen_us) in came.greetings.items():
        if name not in came.events or name not in came.passages:
            continue
        event, broker_us = came.events[name]
        decided_us = round(event.data.at.timestamp() * 1e6)
        usable_us = max((pictures[number] for number in firsts if pictures[number] <= decided_us), default=None)
        if usable_us is None:
            continue
        told_us, center_us = round(event.time.timestamp() * 1e6), came.passages[name].received_us
        hops = dict(zip(_HOPS, (usable_us, decided_us, told_us, broker_us, center_us, screen_us), strict=True))
        visits.append(Visit(hops, drawn.get(name)))
    return visits
