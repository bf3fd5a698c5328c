"""The plugin by which the continuous integration refuses skips, run in a pytest of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.must_run import VARIABLE

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
SKIPS = "import pytest\ndef test_it():\n    pytest.skip('no server')\n"
ALLOWED = "import pytest\ndef test_it():\n    pytest.skip('may be skipped: another machine has it')\n"
FIXTURE = "import pytest\n@pytest.fixture\ndef server():\n    pytest.skip('no server')\ndef test_it(server):\n    pass\n"
WHOLE = "import pytest\npytest.skip('no browser', allow_module_level=True)\n"
XFAIL = "import pytest\n@pytest.mark.xfail\ndef test_it():\n    raise ValueError\n"


def _status(folder: Path, source: str, must_run: str) -> int:
    (folder / "test_inner.py").write_text(source, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = (sys.executable, "-m", "pytest", "-q", "-p", "tests.servers.must_run", "-p", "no:cacheprovider", str(folder))
    environment = {**os.environ, VARIABLE: must_run, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=False, timeout=60).returncode


@pytest.mark.parametrize(
    ("source", "status"),
    [
        (SKIPS, 1),  # a test that skips itself
        (FIXTURE, 1),  # a server that cannot be had
        (WHOLE, 2),  # a whole file: pytest's word for an interrupted collection
        (ALLOWED, 0),  # the reason says so
        (XFAIL, 0),  # known to fail: not a skip
    ],
)
def test_a_skip_is_a_failure_where_all_must_run(tmp_path: Path, source: str, status: int) -> None:
    assert _status(tmp_path, source, "1") == status


def test_elsewhere_a_skip_is_a_skip(tmp_path: Path) -> None:
    assert _status(tmp_path, SKIPS, "") == 0
