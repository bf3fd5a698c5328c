import subprocess
import sys

import pytest

from tests.project import tree

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

LEAST = 1_000
ROOMS = ("center", "edge", "embedded", "ingest", "project", "simulators", "vision", "wardroom")


def collected() -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False, timeout=290)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return [line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line]


def test_every_test_module_is_collected_and_no_room_is_without_tests() -> None:
    found = collected()
    modules = {tree.name(path) for path in tree.named(".py") if path.name.startswith("test_") and tree.name(path).startswith("tests/")}

    assert modules == set(found)
    assert set(ROOMS) <= {file.split("/")[1] for file in found}
    assert len(found) >= LEAST
