"""A real terminal: what is written to it is read at its other end."""

import os
import pty
import subprocess
import sys

PROGRAM = """
from ingest.progress import Progress
progress = Progress("ingest.reconcile_progress")
progress("2026-11-26T02:00+07:00", 12)
progress("2026-11-26T03:00+07:00", 24)
progress.end()
"""
ENGLISH = {**os.environ, "WARDROOM_LANG": "en"}


def test_a_terminal_is_told_now_and_then_and_its_line_is_left_empty() -> None:
    ours, theirs = pty.openpty()
    subprocess.run((sys.executable, "-c", PROGRAM), stderr=theirs, env=ENGLISH, check=True)
    told = os.read(ours, 4_096).decode()
    os.close(theirs)
    os.close(ours)

    assert "compared until 2026-11-26T02:00+07:00: 12 hours and days" in told
    assert "24" not in told, "twice within a moment"
    assert told.endswith("\r\x1b[K")


def test_nobody_else_is_told() -> None:
    done = subprocess.run((sys.executable, "-c", PROGRAM), capture_output=True, env=ENGLISH, check=True)

    assert done.stderr == b""
