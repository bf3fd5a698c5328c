"""A fresh folder, one command: all of Wardroom runs, its broker is killed meanwhile, and at the end every reading is where it belongs."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from wardroom.embedded.folders import STORE
from wardroom.embedded.ports import free_port

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]
WITHIN_S = 60


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The demo's folder; what root's servers keep outside of it goes too."""
    made = tmp_path / "kept"
    yield made
    for link in (made / "database", made / "broker"):
        if link.is_symlink() and link.resolve().is_relative_to(STORE):
            shutil.rmtree(link.resolve().parent, ignore_errors=True)


class Run:
    """`wardroom demo` as a person starts it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.said = folder.with_name("said.txt")
        command = (sys.executable, "-c", "from wardroom.cli import main; main()", "demo", "--no-panel", "--folder", str(folder))
        with self.said.open("wb") as said:
            self.process = psutil.Popen(
                (*command, *arguments), stdout=said, stderr=subprocess.STDOUT, env={**os.environ, "WARDROOM_LANG": "en"}
            )

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + WITHIN_S
        while words not in self.said.read_text(encoding="utf-8"):
            assert self.process.poll() is None, self.said.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self.said.read_text(encoding="utf-8")
            time.sleep(0.1)

    def child(self, words: str) -> psutil.Process:
        """Return the process whose command line holds `words`."""
        return next(child for child in self.process.children() if any(words in word for word in child.cmdline()))

    def end(self) -> tuple[int, list[psutil.Process]]:
        """Wait for its end; return its status and what it left running."""
        family = self.process.children(recursive=True)
        status = self.process.wait(timeout=150)
        return status, psutil.wait_procs(family, timeout=5)[1]


def test_nothing_is_lost_when_the_broker_is_killed_and_a_second_run_goes_on(folder: Path, tmp_path: Path) -> None:
    first = Run(folder, "--for", "20", "--report", str(tmp_path / "1.json"), "--port", str(free_port()))
    first.wait_for("one-time password: ")
    time.sleep(8)
    first.child("mosquitto.conf" if shutil.which("mosquitto") else "broker.mjs").kill()
    status, left = first.end()
    told = first.said.read_text(encoding="utf-8")
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

    second = Run(folder, "--for", "5", "--report", str(tmp_path / "2.json"), "--port", str(free_port()))
    status, left = second.end()
    two = json.loads((tmp_path / "2.json").read_text(encoding="utf-8"))

    assert status == 0, second.said.read_text(encoding="utf-8")
    assert not left
    assert two["readings"]["generated"] == two["readings"]["committed"] > one["readings"]["generated"]
    assert (two["readings"]["missing"], two["readings"]["duplicated"]) == (0, 0)


def test_ctrl_c_stops_everything_and_keeps_it(folder: Path) -> None:
    run = Run(folder, "--port", str(free_port()))
    run.wait_for("one-time password: ")
    run.process.send_signal(signal.SIGINT)
    status, left = run.end()

    assert (status, left) == (0, [])
    assert f"Everything is kept in {folder}" in run.said.read_text(encoding="utf-8")
    assert list((folder / "ledger").iterdir())


def test_a_taken_port_is_one_sentence(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = Run(folder, "--for", "5", "--port", str(port))
        status, left = run.end()
    told = run.said.read_text(encoding="utf-8")

    assert (status, left) == (1, [])
    assert f"port {port} for the center is taken" in told
    assert "Traceback" not in told
