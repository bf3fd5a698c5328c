"""A site for each test."""

import pytest

from tests.servers.broker import TestBroker
from tests.wardroom.ward import Ward


@pytest.fixture
def ward(broker: TestBroker) -> Ward:
    """A site of the test's own on the session's Mosquitto."""
    return Ward(broker)
