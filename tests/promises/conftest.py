"""An arena for every promise: in the short form one for all that ask for the usual one, in the long form one for each test.

Beside it a database with the schema, as ingest's tests have it, and a center on one, as the center's tests have it.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.center.conftest import center, migrated, ward
from tests.ingest.conftest import desk, plain_spine, spine
from tests.promises.arena import Arena
from tests.promises.scale import FULL
from tests.promises.scenery import Wanted

__all__ = ["center", "desk", "migrated", "plain_spine", "spine", "ward"]

Build = Callable[[Wanted], AbstractContextManager[Arena]]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Make an arena of the test's own."""
    numbers = itertools.count(1)

    @contextmanager
    def built(wanted: Wanted) -> Iterator[Arena]:
        root: Path = tmp_path_factory.mktemp("arena") / str(next(numbers))
        with Arena(root, wanted) as arena:
            yield arena

    return built


@pytest.fixture(scope="function" if FULL else "package")
def arena(build: Build) -> Iterator[Arena]:
    """The usual arena."""
    with build(Wanted()) as made:
        yield made
