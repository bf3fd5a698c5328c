"""center/web's sources → center/web/dist, built by Node.js from PATH or from a wheel; nothing is built again while nothing has changed.

``python -m scripts.web`` builds; ``python -m scripts.web check`` and ``… test`` run the front end's own scripts of that name.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from scripts.environment import PIP, ROOT, run, say
from wardroom.embedded import node
from wardroom.errors import EmbeddedError

WEB = ROOT / "center" / "web"
MADE = ("node_modules", "dist")
INSTALLED = WEB / "node_modules" / ".wardroom-lock.sha256"
BUILT = WEB / "dist" / ".wardroom-sources.sha256"


def main(script: str) -> int:
    """Run one of the front end's scripts after installing what it needs; return the exit status."""
    sources = fingerprint(WEB)
    if script == "build" and BUILT.is_file() and BUILT.read_text(encoding="ascii") == sources:
        return 0
    try:
        found = _node()
        _install(found)
        say(f"front end: npm run {script}")
        _npm(found, "run", "--silent", script)
    except EmbeddedError as error:
        say(str(error))
        return 1
    except subprocess.CalledProcessError as error:
        say(f"the front end's npm could not finish (exit status {error.returncode}); see the lines above")
        return 1
    if script == "build":
        BUILT.write_text(sources, encoding="ascii")
    return 0


def fingerprint(folder: Path) -> str:
    """Return a digest of every source file's path and content."""
    digest = hashlib.sha256()
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not (Path(path) == folder and name in MADE))
        for name in sorted(files):
            file = Path(path, name)
            digest.update(f"{file.relative_to(folder)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _node() -> node.Node:
    try:
        return node.find()
    except EmbeddedError:
        say(f"no Node.js on PATH that is new enough: installing the wheel {node.WHEEL} into .venv")
        run(*PIP, "--require-hashes", "-r", "requirements/node.txt")
        return node.find()


def _install(found: node.Node) -> None:
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if INSTALLED.is_file() and INSTALLED.read_text(encoding="ascii") == lock:
        return
    say("front end: npm ci")
    _npm(found, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    INSTALLED.write_text(lock, encoding="ascii")


def _npm(found: node.Node, *arguments: str) -> None:
    path = os.pathsep.join((found.path, os.environ.get("PATH", os.defpath)))
    environment = {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}
    subprocess.run((*found.npm, *arguments), cwd=WEB, env=environment, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "build"))
