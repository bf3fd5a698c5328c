"""a folder, a port and users → aedes' files and program: the broker where Mosquitto is not and cannot be installed.

Its Node packages are installed beside its data, from the lock file, once.
"""

import hashlib
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from wardroom.embedded.access import User, aedes_rules
from wardroom.embedded.folders import Announce, Place, clear_errors
from wardroom.embedded.mosquitto import MESSAGE_LIMIT
from wardroom.embedded.node import Node
from wardroom.embedded.program import Program
from wardroom.errors import EmbeddedError

_SOURCE: Final = Path(__file__).with_name("aedes")
_FILES: Final = ("package.json", "package-lock.json", "broker.mjs")
_STAMP: Final = "installed"
_NPM: Final = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
_NPM_WITHIN_S: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Aedes:
    """aedes in a folder of our own, on 127.0.0.1."""

    place: Place
    port: int
    log: Path
    node: Node
    announce: Announce
    kind: ClassVar[str] = "aedes"
    sharing: ClassVar[bool] = False
    """It serves no ``$share`` subscriptions: one ingest, on a plain one."""

    def configure(self, users: Sequence[User]) -> None:
        """Install the packages unless they are there, and write users and rights."""
        for name in _FILES:
            self.place.write(name, (_SOURCE / name).read_bytes())
        self._install()
        self.place.write("users.json", aedes_rules(users))

    def program(self) -> Program:
        """Return the broker's program; it reads its users again on SIGHUP."""
        folder = self.place.path
        argv = (str(self.node.program), str(folder / "broker.mjs"), str(self.port), str(folder), str(MESSAGE_LIMIT))
        return Program(name="broker", argv=argv, log=self.log, folder=folder, port=self.port, owner=self.place.owner)

    def _install(self) -> None:
        stamp, lock = self.place.path / _STAMP, hashlib.sha256((_SOURCE / "package-lock.json").read_bytes()).hexdigest()
        with clear_errors(stamp):
            if stamp.exists() and stamp.read_text(encoding="ascii") == lock:
                return
        self.announce("embedded.installing_aedes", path=self.place.path)
        environment = {**os.environ, "PATH": os.pathsep.join((self.node.path, os.environ.get("PATH", os.defpath)))}
        with clear_errors(self.place.path):
            try:
                done = subprocess.run(
                    (*self.node.npm, *_NPM),
                    cwd=self.place.path,
                    env=environment,
                    capture_output=True,
                    text=True,
                    timeout=_NPM_WITHIN_S,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise EmbeddedError("embedded.too_slow", name="npm ci", seconds=int(_NPM_WITHIN_S)) from error
        if done.returncode != 0:
            key = "embedded.disk_full" if "ENOSPC" in done.stderr else "embedded.npm_failed"
            raise EmbeddedError(key, path=self.place.path, detail=_reason(done.stderr))
        self.place.write(_STAMP, lock)


def _reason(stderr: str) -> str:
    lines = [line.removeprefix("npm error").strip() for line in stderr.splitlines() if line.startswith("npm error")]
    return next((line for line in lines if line and not line.startswith("code ")), "—")
