"""A gateway and a center on loopback: what the one has to know it gets, what it brings arrives, whoever of them goes away meanwhile."""

import asyncio
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import cv2
import numpy as np
import psycopg
import pytest
import uuid6
from structlog.testing import capture_logs

from center.people.gallery import sealed
from edge.app import App
from edge.gate_log import GateLog
from edge.sealing import Sealing
from edge.settings import load
from simulators.scenes import things
from tests.center.occasions.hall import GATEWAY, SITE, Hall
from tests.center.running import RunningCenter
from tests.edge.bringing import shot
from tests.edge.fake_ingest import FakeIngest
from tests.edge.test_app import configured, running
from tests.edge.test_gate_screen import TOKEN, listening
from tests.edge.test_process import started
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from vision import gallery_file
from vision.gallery_key import key_of, new_key
from wardroom.clock import SystemClock
from wardroom.embedded.ports import free_port
from wardroom.messages import decode_event
from wardroom.sight_events import CodeRead
from wardroom.topics import Gateway as Place

pytestmark = pytest.mark.servers

HERE = Place(SITE, GATEWAY)
SCREEN = TOKEN
SHOTS = 20
CHECKIN = """
[checkin]
center = "{center}"
token = "{token}"
key = "{key}"
every_s = 0.5
timeout_s = 2
screen_port = {screen}
screen_token = "{screen_token}"
"""
CAMERA = """
[[camera]]
id = "{id}"
name = {{ vi = "Cổng", en = "Gate" }}
source = "folder"
path = "{path}"
fps = 10
watch = "{watch}"
[camera.watch_options]
{options}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A gateway's folder with a picture of a badge held up, and its key."""
    picture = np.full((480, 640, 3), 120, np.uint8)
    card = things.badge("WR1:0042").image
    picture[100 : 100 + card.shape[0], 200 : 200 + card.shape[1]] = card
    made = tmp_path / "gateway"
    (made / "pictures").mkdir(parents=True)
    cv2.imwrite(str(made / "pictures" / "1.png"), picture)
    new_key(made / "gate.key")
    return made


async def file(center: RunningCenter, broker: TestBroker, folder: Path, camera: str, token: str | None = None) -> tuple[Path, int]:
    """Write the gateway's settings; return their file and the port of its screen."""
    account = broker.add_gateway(SITE, GATEWAY)
    token = token or await center.room.access.make_gateway_token(HERE, "a test")
    port = free_port()
    given = {"center": center.url, "token": token, "key": folder / "gate.key", "screen": port, "screen_token": SCREEN}
    written = folder / "gateway.toml"
    await asyncio.to_thread(
        written.write_text, configured(account, HERE, folder / "data") + CHECKIN.format(**given) + camera, encoding="utf-8"
    )
    return written, port


def reading(folder: Path) -> str:
    return CAMERA.format(id="cam-1", path=folder / "pictures", watch="eyes", options="faces = false\ncodes = true\nmotion = false")


def bringing(folder: Path, count: int) -> str:
    return CAMERA.format(id="cam-2", path=folder / "pictures", watch="tests.edge.bringing:Bringing", options=f"count = {count}")


def evidence(center: RunningCenter) -> set[bytes]:
    with psycopg.connect(center.database.owner.conninfo()) as connection:
        return {row[0] for row in connection.execute("SELECT digest FROM evidence")}


def codes(ingest: FakeIngest) -> list[CodeRead]:
    """Return what came of codes."""
    told = [decode_event(payload, HERE) for topic, payload in ingest.got if topic.kind == "events"]
    return [event for event in told if isinstance(event, CodeRead)]


def add(settings: Path, camera: str) -> None:
    settings.write_text(settings.read_text(encoding="utf-8") + camera, encoding="utf-8")


async def test_a_badge_is_greeted_at_the_gate_by_name_while_the_center_is_away_and_counted_once(
    center: RunningCenter, broker: TestBroker, hall: Hall, folder: Path
) -> None:
    await hall.delegate("Nguyễn Văn An", code="WR1:0042")
    await hall.open()
    settings, port = await file(center, broker, folder, "")
    async with running(App(load(settings, {}), clock=SystemClock())):
        await until((folder / "data" / "gates.list").exists)
    await center.stop()

    address = f"http://127.0.0.1:{port}"
    async with FakeIngest(broker.broker("ingest"), HERE) as ingest:
        app = App(load(settings, {}), clock=SystemClock(), config_file=settings)
        async with running(app):
            await until(lambda: app.session_connected)
            async with listening(address, "gate-1") as heard:
                add(settings, reading(folder))
                greeted = await anext(heard)
            await until(lambda: bool(codes(ingest)))
        read = codes(ingest)
    kept = GateLog(folder / "data" / "gates.db").read()

    assert (greeted["gate"], greeted["name"], greeted["result"]) == ("gate-1", "Nguyễn Văn An", "checked_in")
    assert [event.data.digest for event in read] == [sha256(b"WR1:0042").hexdigest()]
    assert [one.passage.id for one in kept] == [greeted["id"]] == [read[0].data.visit]


@pytest.mark.processes
async def test_best_shots_reach_the_center_although_it_was_away_and_the_gateway_was_killed_with_all_of_them(
    center: RunningCenter, broker: TestBroker, folder: Path
) -> None:
    settings, _ = await file(center, broker, folder, bringing(folder, SHOTS))
    await center.stop()
    spool = folder / "data" / "evidence"
    with started(settings) as (process, _):
        await until(lambda: spool.exists() and len(list(spool.glob("*.shot"))) == SHOTS, within_s=60)
        process.kill()
    assert evidence(center) == set()

    settings.write_text(settings.read_text(encoding="utf-8").replace(f"count = {SHOTS}", "count = 0"), encoding="utf-8")
    with started(settings) as (process, log):
        async with RunningCenter(center.settings, center.database):
            await until(lambda: len(evidence(center)) == SHOTS, within_s=60)
            await until(lambda: not list(spool.glob("*.shot")))
        process.terminate()
        status = await asyncio.to_thread(process.wait, 20)

    assert evidence(center) == {sha256(shot(number)).digest() for number in range(SHOTS)}
    assert status == 0, log.read_text(encoding="utf-8")


async def test_a_wrong_token_is_said_in_one_line_and_costs_nothing_but_the_center(
    center: RunningCenter, broker: TestBroker, folder: Path
) -> None:
    settings, _ = await file(center, broker, folder, bringing(folder, 3), token="no-token-of-this-center")
    with capture_logs() as logs:
        app = App(load(settings, {}), clock=SystemClock())
        async with FakeIngest(broker.broker("ingest"), HERE) as ingest, running(app):
            await until(lambda: len([1 for topic, _ in ingest.got if topic.kind == "events"]) >= 3)
            await until(lambda: "best shots wait" in [log["event"] for log in logs])

    said = [log for log in logs if log["event"] in {"best shots wait", "the center is not heard; the gates go on with what they have"}]
    assert all("wardroom access gateway" in log["detail"] for log in said)
    assert 1 <= len(said) <= 2
    assert len(list((folder / "data" / "evidence").glob("*.shot"))) == 3


async def test_who_is_erased_at_the_center_is_in_no_file_of_the_gateway_seconds_later(
    center: RunningCenter, broker: TestBroker, hall: Hall, folder: Path
) -> None:
    an = (await hall.delegate("Nguyễn Văn An", code="WR1:0042", person=True)).person
    await hall.delegate("Trần Thị Bình", person=True)
    for place, person in enumerate(hall.people.values()):
        await enrolled(center, person, place)
    await hall.open()
    settings, _ = await file(center, broker, folder, "")
    data, key = folder / "data", key_of(folder / "gate.key")

    def known() -> bytes:
        """Return all that the gateway's files say of people, opened with its key."""
        listed = Sealing(key, "list of gates").read(data / "gates.list") if data.exists() else None
        gallery = gallery_file.read(data / "center.gallery", key) if (data / "center.gallery").exists() else None
        faces = b"" if gallery is None else " ".join(gallery.persons.ids).encode() + gallery.persons.matrix.tobytes()
        return (listed or b"") + b" faces: " + faces

    async with running(App(load(settings, {}), clock=SystemClock())):
        await until(lambda: known().count(str(an).encode()) == 2, within_s=30)
        assert "Nguyễn Văn An".encode() in known()
        await center.room.database.change("DELETE FROM person WHERE id = %(id)s", {"id": an})
        await until(lambda: str(an).encode() not in known(), within_s=30)
        held = known()

    assert "Nguyễn Văn An".encode() not in held
    assert sha256(b"WR1:0042").hexdigest().encode() not in held
    assert np.eye(1, 8, 0, dtype="<f4").tobytes() not in held
    assert np.eye(1, 8, 1, dtype="<f4").tobytes() in held
    assert "Trần Thị Bình".encode() in held


async def enrolled(center: RunningCenter, person: UUID, place: int) -> None:
    """Give somebody a face: numbers of which one is 1."""
    photo = str(uuid6.uuid7())
    face = sealed(center.room.vault, photo, "a-model", np.eye(1, 8, place, dtype=np.float32))
    values = {"photo": photo, "person": person, "face": face}
    query = "INSERT INTO photo (id, person, sealed, report, created_by) VALUES (%(photo)s, %(person)s, '', '{}', 'organiser')"
    await center.room.database.change(query, values)
    await center.room.database.change("INSERT INTO embedding VALUES (%(photo)s, %(person)s, 'a-model', %(face)s)", values)
