"""One demo, one center of the organisers and one Chromium for all journeys of this folder."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from center.people import vault
from center.routes.static import SHIPPED
from center.settings import People
from ingest import migrate
from tests.center.running import RunningCenter, settings
from tests.conftest import Server
from tests.journeys.stack import Stack
from tests.servers.broker import TestBroker
from tests.vision.conftest import MOBILEFACENET

_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)
_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""A camera that shows a test picture, and nobody who would have to allow it."""


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The demo, started once, without its congress; stopped by Ctrl-C it must end well and leave no process."""
    started = Stack(tmp_path_factory.mktemp("journeys") / "kept", "--no-congress")
    try:
        started.wait_started()
        yield started
        status, left = started.end()
        assert (status, left) == (0, []), started.said
    finally:
        started.remove()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, with nothing of its own to say to the network."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program, args=[*_QUIET, *_CAMERA, *sandbox])
        yield chromium
        await chromium.close()


def _people(folder: Path) -> People:
    """Return settings with a key of its own, and with the real models where they are."""
    vault.make_key(folder / "people.key")
    people = People(key=str(folder / "people.key"), scratch=str(folder))
    testdata = os.environ.get("WARDROOM_TESTDATA")
    if not testdata:
        return people
    return msgspec.structs.replace(people, models=str(Path(testdata) / "models"), engine=f"yunet+{MOBILEFACENET}")


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def center(
    postgresql_server: Server, broker_server: TestBroker, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningCenter]:
    """A center with the built pages and a key for what is kept of people, on a database of its own."""
    if not (SHIPPED / "app" / "index.html").is_file():
        pytest.skip("the front end is not built; run: make web")
    databases, running = postgresql_server
    running.start()
    people = _people(tmp_path_factory.mktemp("organisers"))
    with databases.database() as database:
        await migrate.upgrade(database.owner.conninfo())
        made = settings(database.center, broker_server.broker("center"), web=SHIPPED)
        async with RunningCenter(msgspec.structs.replace(made, people=people), database) as center:
            yield center
