"""Processes that end while a thread of theirs is in a library, or is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
COMMAND = """
import atexit, ctypes, gc, socket, sys, threading, time, types
import typer
from wardroom import cli

def hang():
    import av
    av.open(f"rtsp://127.0.0.1:{server.getsockname()[1]}/", options={"rtsp_transport": "tcp"}, timeout=60)

def ends(thread: bool = False, status: int = 1) -> int:
    atexit.register(print, "goodbye")
    if thread:
        for _ in range(10):  # not in step, so that some ask for the time just when the interpreter is gone
            threading.Thread(target=hang, daemon=True).start()
            came.append(server.accept()[0])
            time.sleep(0.027)
        print(len(came), "are connected")
    else:
        print("none is connected")
    ctypes.CDLL(None).on_exit(ctypes.CDLL(None).sleep, None)  # the C library's end takes as many seconds as the status says
    gc.freeze()  # or the interpreter takes so long to go that all of them ask for it meanwhile, and are held for ever
    return status

came = []
server = socket.create_server(("127.0.0.1", 0))
app = typer.Typer(add_completion=False)
app.command()(ends)
sys.modules["toy"] = types.SimpleNamespace(cli=app)
cli.COMMANDS["toy"] = "toy:cli"
cli.main()
"""


def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", COMMAND, "toy", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)


def test_a_thread_that_hangs_in_a_library_neither_holds_up_the_end_nor_crashes_it() -> None:
    done = ended("--thread")

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "10 are connected\ngoodbye\n"


@pytest.mark.parametrize("status", [0, 1])
def test_without_such_a_thread_it_ends_as_any_process(status: int) -> None:
    done = ended("--status", str(status))

    assert (done.returncode, done.stderr) == (status, "")
    assert done.stdout == "none is connected\ngoodbye\n"
