import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.project import tree


@cache
def imported(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(tree.parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def test_the_rooms_keep_the_arrows_of_the_architecture() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False, timeout=100)

    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_imports_a_main_module() -> None:
    mains = {f"{room}.main" for room in tree.ROOMS}

    assert not {tree.name(path): found for path in tree.sources() if (found := imported(path) & mains)}


def test_nothing_of_the_product_imports_tests() -> None:
    assert not [tree.name(path) for path in tree.sources() if any(name.split(".")[0] == "tests" for name in imported(path))]
