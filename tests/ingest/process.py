"""An ingest in a process of its own, so that a test can kill it."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import structs

from ingest.settings import Settings
from tests.ingest.factories import until
from wardroom.embedded.ports import free_port
from wardroom.settings import Listen, Secret


class Process:
    """`wardroom ingest` on a port of its own: started with the context, killed with it."""

    def __init__(self, settings: Settings) -> None:
        self.port = free_port()
        self._settings = structs.replace(settings, listen=Listen(port=self.port, token=Secret("metrics")))
        self._folder = tempfile.TemporaryDirectory(prefix="wardroom-ingest-")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def _log(self) -> Path:
        return Path(self._folder.name) / "ingest.log"

    async def __aenter__(self) -> Self:
        config = Path(self._folder.name) / "ingest.toml"
        config.write_text(toml(self._settings), encoding="utf-8")
        with self._log.open("wb") as log:
            environment = {**os.environ, "WARDROOM_LANG": "en"}
            command = (sys.executable, "-c", "from wardroom.cli import main; main()", "ingest", "--config", str(config))
            self._process = subprocess.Popen(command, stderr=log, env=environment)  # noqa: ASYNC220 - a start takes no time
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL, and wait."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """SIGTERM."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    async def connected(self) -> None:
        """Return once it has signed in to the broker."""
        await until(lambda: "broker connected" in self.errors() or self._returned() is not None)
        assert self._returned() is None, self.errors()

    async def ended(self) -> int:
        """Return its exit status."""
        await until(lambda: self._returned() is not None)
        status = self._returned()
        assert status is not None
        return status

    def errors(self) -> str:
        """Return what it said on standard error."""
        return self._log.read_text(encoding="utf-8")

    def batches(self) -> int:
        """Return how many batches it stored, by its log."""
        return self.errors().count("batch stored")

    def _returned(self) -> int | None:
        assert self._process is not None
        return self._process.poll()


def toml(settings: Settings) -> str:
    """Return settings as their file."""
    broker, database, ingest = settings.broker, settings.database, settings.ingest
    sharing = "" if ingest.sharing is None else f'sharing = "{ingest.sharing}"'
    return f"""
[broker]
host = "{broker.host}"
port = {broker.port}
username = "{broker.username}"
password = "{broker.password.reveal()}"
[database]
host = "{database.host}"
port = {database.port}
name = "{database.name}"
user = "{database.user}"
password = "{database.password.reveal()}"
[listen]
port = {settings.listen.port}
token = "metrics"
[log]
level = "{settings.log.level}"
[ingest]
gaps_every_s = {ingest.gaps_every_s}
shed_after_s = {ingest.shed_after_s}
{sharing}
"""
