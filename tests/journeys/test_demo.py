"""A fresh folder, one command: all of Wardroom runs, its broker is killed meanwhile, and at the end every reading is where it belongs."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.stack import Stack

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]
WITHIN_S = 150
Start = Callable[..., Stack]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo's folder."""
    return tmp_path / "kept"


@pytest.fixture
def demo(folder: Path) -> Iterator[Start]:
    """Start the demo in that folder, again and again; nothing of it stays."""
    started: list[Stack] = []

    def start(*arguments: str, port: int | None = None) -> Stack:
        started.append(Stack(folder, *arguments, port=port))
        return started[-1]

    yield start
    for stack in started:
        stack.remove()


def test_nothing_is_lost_when_the_broker_is_killed_and_a_second_run_goes_on(demo: Start, tmp_path: Path) -> None:
    first = demo("--for", "20", "--report", str(tmp_path / "1.json"))
    first.wait_started()
    time.sleep(8)
    first.child("broker").kill()
    status, left = first.end(None, WITHIN_S)
    told = first.said
    one = json.loads((tmp_path / "1.json").read_text(encoding="utf-8"))

    assert status == 0, told
    assert not left
    assert one["readings"]["generated"] == one["readings"]["committed"] > 200
    assert (one["readings"]["missing"], one["readings"]["duplicated"]) == (0, 0)
    assert one["readings"]["dead_lettered"] > 0
    assert {name: process["restarts"] for name, process in one["processes"].items()} == {
        "edge": 0,
        "broker": 1,
        "ingest": 0,
        "center": 0,
        "database": 0,
    }
    assert all(process["peak_rss_mb"] > 1 for process in one["processes"].values())
    assert 0 < one["latency_ms"]["p50"] <= one["latency_ms"]["p99"]
    assert "/signin/#wall=" in told

    second = demo("--for", "5", "--report", str(tmp_path / "2.json"))
    status, left = second.end(None, WITHIN_S)
    two = json.loads((tmp_path / "2.json").read_text(encoding="utf-8"))

    assert status == 0, second.said
    assert not left
    assert two["readings"]["generated"] == two["readings"]["committed"] > one["readings"]["generated"]
    assert (two["readings"]["missing"], two["readings"]["duplicated"]) == (0, 0)


def test_ctrl_c_stops_everything_and_keeps_it(demo: Start, folder: Path) -> None:
    run = demo()
    run.wait_started()
    status, left = run.end()

    assert (status, left) == (0, [])
    assert f"Everything is kept in {folder}" in run.said
    assert list((folder / "ledger").iterdir())


def test_a_taken_port_is_one_sentence(demo: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = demo("--for", "5", port=port)
        status, left = run.end(None)
    told = run.said

    assert (status, left) == (1, [])
    assert f"port {port} for the center is taken" in told
    assert "Traceback" not in told
