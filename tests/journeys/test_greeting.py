"""Whoever comes in is greeted by name in a browser: by a badge read from the demo's pixels, and by the face before a camera of the network.

The face's way is whole and real: RTSP → eyes → outbox → MQTT → center → the welcome screen, with people enrolled over REST.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser

from simulators import gate_configs
from simulators.delegates import delegates
from simulators.hall import OCCASION
from simulators.rtsp import RtspServer
from simulators.scenes.script import Level
from tests.journeys.screens import Screen, screen
from tests.journeys.stack import Stack
from tests.promises.conftest import Build, build
from tests.promises.hall import ENTRANCES, GATEWAYS, Hall
from tests.promises.scenery import Wanted
from tests.vision import entrance
from vision import thresholds
from vision.frames import Image
from wardroom.admission import Result

__all__ = ["build"]
pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]
SOON_S = 90.0
RECOGNISER = "insightface/models/wardpack/mobilefacenet.onnx"
ENGINE = f"yunet+{RECOGNISER}"


async def at_the_screen(shown: Screen, gate: str, token: str) -> None:
    """Open a gate's welcome screen."""
    await shown.page.goto(f"{shown.address}/signin/#wall={token}")
    await shown.page.wait_for_url(f"{shown.address}/")
    await shown.page.goto(f"{shown.address}/welcome/{gate}")


async def greeted(shown: Screen, count: int) -> set[str]:
    """Return the names on the screen once there were so many."""
    names: set[str] = set()
    async with asyncio.timeout(SOON_S):
        while len(names) < count:
            written = await shown.page.locator("[data-greeting] [data-name]").all_inner_texts()
            names |= {" ".join(name.split()) for name in written}  # a long one stands in two lines
            await asyncio.sleep(0.05)
    return names


@contextmanager
def held(folder: Path, *arguments: str) -> Iterator[Stack]:
    """Run a demo of its own, with its congress."""
    started = Stack(folder, "--no-history", *arguments)
    try:
        started.wait_started()
        yield started
        assert "No congress" not in started.said
        status, left = started.end()
        assert (status, left) == (0, []), started.said
    finally:
        started.remove()


@pytest.fixture
def congress(tmp_path: Path) -> Iterator[Stack]:
    """A congress where faces are simulated."""
    with held(tmp_path / "kept") as started:
        yield started


async def test_a_newcomer_sees_the_demos_delegates_greeted_by_the_badges_they_hold_up(congress: Stack, browser: Browser) -> None:
    names = {one.name.upper() for one in delegates(1)}
    async with screen(browser, congress.address) as shown:
        await at_the_screen(shown, "cua-chinh", congress.token)
        seen = await greeted(shown, 2)

    assert seen <= names


@pytest.fixture
def portrayed(tmp_path: Path, testdata: Path) -> Iterator[Stack]:
    """A demo whose congress people of portraits come to, recognised by real models."""
    (tmp_path / "people").mkdir()
    people = entrance.folder(testdata, tmp_path / "people")
    engine = ("--models", str(testdata / "models"), "--engine", ENGINE)
    with held(tmp_path / "kept", "--portraits", str(people), *engine) as started:
        yield started


async def test_people_of_portraits_walk_in_at_the_demos_main_gate_and_are_known_by_their_faces(portrayed: Stack, browser: Browser) -> None:
    async with screen(browser, portrayed.address) as shown:
        await at_the_screen(shown, "cua-chinh", portrayed.token)
        seen = await greeted(shown, 2)
    async with portrayed.signed_in("le-tan") as client:
        opened = next(one for one in (await client.get("/api/v1/occasions")).json()["items"] if one["name"] == OCCASION)
        passages = (await client.get(f"/api/v1/lists/{opened['lists'][0]['id']}/passages", params={"limit": 200})).json()["items"]
    known = [one for one in passages if one["gate"] == "cua-chinh" and one["result"] == "checked_in"]

    assert seen <= {one["name"].upper() for one in known}
    assert all(one["method"] == "face" and one["score"] > thresholds.ASSUMED for one in known)


@pytest.fixture
def hall(build: Build, testdata: Path) -> Iterator[Hall]:
    """A hall with one gate, and a center that knows faces."""
    people = {"models": str(testdata / "models"), "engine": ENGINE}
    with build(Wanted(edges=0, gates=GATEWAYS[:1], people=people)) as arena:
        made = Hall(arena)
        made.sign_in()
        yield made


async def test_whoever_walks_in_before_a_camera_of_the_network_is_greeted_by_name_and_strangers_by_none(
    hall: Hall, browser: Browser, testdata: Path, tmp_path: Path
) -> None:
    who = delegates(7, 4)
    occasion = await asyncio.to_thread(hall.opened, who, entrances=ENTRANCES[:1])
    for number, person in enumerate(entrance.KNOWN, 1):
        photo = (testdata / "faces" / person / "1.jpg").read_bytes()
        told = await asyncio.to_thread(hall.rest.put_file, f"/people/{occasion.people[number]}/photos", photo, "image/jpeg")
        assert told["accepted"], told
    (tmp_path / "people").mkdir()
    place = entrance.scene(entrance.folder(testdata, tmp_path / "people"), testdata / "models", Level.NORMAL)

    def pictures() -> Iterator[Image]:
        return (composed.image for composed in place.all())

    address = f"http://127.0.0.1:{hall.arena.scenery.ports.wall}"
    with RtspServer(pictures, fps=entrance.FPS) as server:
        token = hall.organiser.token(GATEWAYS[0].site.id, GATEWAYS[0].id)
        options = [f'engine = "{ENGINE}"', f'models = "{testdata / "models"}"']
        hall.gateway(GATEWAYS[0], gate_configs.faces(ENTRANCES[0].gate, server.url, options), token=token)
        async with screen(browser, address) as shown:
            await at_the_screen(shown, ENTRANCES[0].gate.id, hall.arena.witness.token)
            hall.gates.start(60.0)
            assert await greeted(shown, 2) == {one.name.upper() for one in who[:2]}
        hall.gates.stop()
    said = hall.organiser.passages(occasion.occasion).values()
    by_face = {one.counted.delegate for one in said if one.counted.result is Result.CHECKED_IN}

    assert by_face == {1, 2}
    assert {one.counted.delegate for one in said} <= {1, 2, None}
