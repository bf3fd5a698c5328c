from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from center.people import vault
from center.people.eyes import Eyes
from center.settings import People
from tests.center.people.organiser import Organiser
from tests.center.running import RunningCenter, pages, settings
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from tests.vision.conftest import MOBILEFACENET


@pytest.fixture(scope="session")
def real_models(testdata: Path) -> People:
    return People(models=str(testdata / "models"), engine=f"yunet+{MOBILEFACENET}")


@pytest.fixture(scope="session")
def opened_eyes(real_models: People) -> Eyes:
    """The real engine, opened once for all centers."""
    return Eyes(real_models)


@pytest.fixture
def people_settings(real_models: People, tmp_path: Path) -> People:
    """A key of the test's own, and the real models."""
    vault.make_key(tmp_path / "people.key")
    return replace(real_models, key=str(tmp_path / "people.key"), scratch=str(tmp_path))


@pytest.fixture
async def people_center(
    migrated: TestDatabase, broker: TestBroker, tmp_path: Path, people_settings: People, opened_eyes: Eyes
) -> AsyncIterator[RunningCenter]:
    """A center with a key and a face engine."""
    made = replace(settings(migrated.center, broker.broker("center"), web=pages(tmp_path)), people=people_settings)
    async with RunningCenter(made, migrated, eyes=opened_eyes) as running:
        yield running


@pytest.fixture
def organiser(people_center: RunningCenter, testdata: Path) -> Organiser:
    """Who enrols people there."""
    return Organiser(people_center, testdata / "faces")
