"""The source tree as the project's tests see it: the files git knows or would add."""

import ast
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("wardroom", "vision", "edge", "ingest", "center", "dashboards", "simulators")


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the tree that git tracks or does not ignore."""
    git = shutil.which("git")
    assert git, "these tests ask git which files belong to the tree; install git"
    command = [git, "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    return tuple(path for name in sorted(set(listed.split("\0"))) if name and (path := ROOT / name).is_file())


def named(*suffixes: str) -> list[Path]:
    """Return the tree's files with one of these suffixes."""
    return [path for path in files() if path.suffix in suffixes]


def sources() -> list[Path]:
    """Return the Python modules of the product."""
    return [path for path in named(".py") if path.relative_to(ROOT).parts[0] in ROOMS]


def name(path: Path) -> str:
    """Return the path from the root, as people write it."""
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=name(path))
