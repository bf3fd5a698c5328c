"""a folder, a port and users → Mosquitto's files and program."""

import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from wardroom.embedded.access import User, mosquitto_acl, mosquitto_passwords
from wardroom.embedded.folders import Place, clear_errors
from wardroom.embedded.program import Program, plain_environment
from wardroom.errors import EmbeddedError
from wardroom.senml import WIRE_LIMIT

HOST: Final = "127.0.0.1"
IN_FLIGHT: Final = 2_000
"""The ingest queue's bound: with manual acknowledgement the broker sends no more than this before the first is settled."""
QUEUED_BYTES: Final = 256 * 2**20
"""What an absent subscriber may leave behind; beyond it the edge's outbox still has everything."""
MESSAGE_LIMIT: Final = WIRE_LIMIT + 64 * 1024
"""Above it Mosquitto says yes, drops the message and the connection: so the edge's own limit is lower."""
AUTOSAVE_S: Final = 10

_SBIN: Final = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_HASH_WITHIN_S: Final = 30.0


def find_program(name: str) -> Path | None:
    """Return one of Mosquitto's programs, also from the sbin folders that an ordinary user's PATH lacks."""
    found = shutil.which(name) or shutil.which(name, path=_SBIN)
    return Path(found) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mosquitto:
    """Mosquitto in a folder of our own, on 127.0.0.1."""

    place: Place
    port: int
    log: Path
    kind: ClassVar[str] = "mosquitto"
    sharing: ClassVar[bool] = True
    """Whether it serves ``$share`` subscriptions, so that several ingests may run."""

    def configure(self, users: Sequence[User]) -> None:
        """Write configuration, rights and hashed passwords."""
        self.place.write("acl", mosquitto_acl(users))
        self.place.write("passwords", hashed(self.place, users))
        self.place.write("mosquitto.conf", self.configuration())

    def configuration(self) -> str:
        """Return mosquitto.conf."""
        folder = self.place.path
        return "\n".join(
            (
                f"listener {self.port} {HOST}",
                "allow_anonymous false",
                f"password_file {folder / 'passwords'}",
                f"acl_file {folder / 'acl'}",
                f"persistence_location {folder}/",
                *limits(),
                "log_dest stderr",
                "log_type error",
                "log_type warning",
                "log_timestamp_format %Y-%m-%dT%H:%M:%S",
                "",
            )
        )

    def program(self) -> Program:
        """Return the broker's program; it reads its files again on SIGHUP."""
        program = find_program("mosquitto")
        if program is None:
            raise EmbeddedError("embedded.no_mosquitto")
        return Program(
            name="broker",
            argv=(str(program), "-c", str(self.place.path / "mosquitto.conf")),
            log=self.log,
            folder=self.place.path,
            port=self.port,
            owner=self.place.owner,
            stop_signal=signal.SIGTERM,
        )


def limits() -> tuple[str, ...]:
    """Return what every Mosquitto needs to serve us, the demo's and a production one: its defaults drop silently, and stall an ingest."""
    return (
        "persistence true",
        f"autosave_interval {AUTOSAVE_S}",
        f"max_inflight_messages {IN_FLIGHT}",
        "max_queued_messages 0",  # bounded by bytes instead
        f"max_queued_bytes {QUEUED_BYTES}",
        f"message_size_limit {MESSAGE_LIMIT}",
        "set_tcp_nodelay true",
    )


def hashed(place: Place, users: Sequence[User]) -> str:
    """Return Mosquitto's password file, hashed by its own program in a file of ours."""
    program = find_program("mosquitto_passwd")
    if program is None:
        raise EmbeddedError("embedded.no_mosquitto")
    plain = place.write("passwords.plain", mosquitto_passwords(users))
    try:
        with clear_errors(plain):
            subprocess.run(
                (str(program), "-U", str(plain)),
                capture_output=True,
                check=True,
                timeout=_HASH_WITHIN_S,
                env=plain_environment(),
                cwd=place.path,
            )
            return plain.read_text(encoding="utf-8")
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise EmbeddedError("embedded.password_file_failed", path=plain) from error
    finally:
        plain.unlink(missing_ok=True)
