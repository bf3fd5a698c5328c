"""The broker killed and its store deleted, with nobody there to read and a queue in it: receipts were never sent, so nothing is missing."""

import shutil
import time

import pytest

from tests.promises.arena import Arena
from tests.promises.scale import FULL, note
from tests.promises.verdict import judged

pytestmark = [
    pytest.mark.servers,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        not FULL, reason="may be skipped: make chaos runs it; the short form of test_database_away.py has a broker that forgets"
    ),
]
TIMES = 5
QUEUED_S = 10


def test_a_broker_that_forgets_everything_loses_nothing(arena: Arena) -> None:
    with arena.load():
        for _ in range(TIMES):
            arena.kill("ingest")
            time.sleep(QUEUED_S)
            arena.kill("broker")
            forget(arena)
            arena.start(["broker", "ingest"])
            recovery_s = arena.recovered()
            note("broker forgets", queued_s=QUEUED_S, recovery_s=round(recovery_s, 2))
    verdict = judged(arena)
    note("broker forgets", times=TIMES, **verdict.figures())


def forget(arena: Arena) -> None:
    """Delete all the broker has written."""
    if arena.broker_store.is_dir():
        shutil.rmtree(arena.broker_store)
    else:
        arena.broker_store.unlink(missing_ok=True)
