"""script → a server as its superuser, through psql: the only client the embedded servers need, and it comes with them."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from wardroom.embedded.program import plain_environment
from wardroom.errors import EmbeddedError

_WITHIN_S: Final = 60.0
_FLAGS: Final = ("--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Psql:
    """How to reach one server; `program` is psql itself."""

    program: Path
    host: str
    port: int
    user: str
    password: str = field(repr=False)

    def run(self, script: str, database: str = "postgres") -> str:
        """Run a script, stopping at its first error; return what it printed."""
        where = ("--host", self.host, "--port", str(self.port), "--username", self.user, "--dbname", database)
        environment = {**plain_environment(), "PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"}
        command = (str(self.program), *_FLAGS, *where)
        try:
            done = subprocess.run(command, input=script, capture_output=True, text=True, check=False, timeout=_WITHIN_S, env=environment)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EmbeddedError("embedded.provision_failed", detail=error) from error
        if done.returncode != 0:
            raise EmbeddedError("embedded.provision_failed", detail=(done.stderr.strip().splitlines() or ["—"])[-1])
        return done.stdout
