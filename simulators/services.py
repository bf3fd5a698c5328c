"""our own services → programs for `wardroom.embedded`: how each is run, and how it says that it is well."""

import asyncio
import http.client
import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psycopg

from simulators.configs import HOST
from simulators.folder import Folder
from wardroom import settings
from wardroom.embedded.program import Program, plain_environment
from wardroom.errors import EmbeddedError, StorageGone
from wardroom.settings import Database

_HEALTH_S: Final = 2.0
ONCE_S: Final = 60.0
_FRESH_S: Final = 5.0
_STORED: Final = re.compile(rb"^wardroom_ingest_readings_total (\S+)$", re.MULTILINE)


def program(
    folder: Folder, name: str, *arguments: str, environment: Mapping[str, str] | None = None, stop_within_s: float = 15.0
) -> Program:
    """Return ``wardroom ARGUMENT…`` as a child program, by this very interpreter."""
    argv = (sys.executable, "-P", "-c", "from wardroom.cli import main; main()", *arguments)
    return Program(
        name=name,
        argv=argv,
        log=folder.log(name),
        folder=folder.root.resolve(),
        environment=_environment() | dict(environment or {}),
        stop_within_s=stop_within_s,
    )


async def once(folder: Folder, *arguments: str) -> str:
    """Run ``wardroom ARGUMENT…`` to its end and return what it printed; its sentence becomes the error."""
    process = await asyncio.create_subprocess_exec(
        *program(folder, arguments[0], *arguments).launch(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder.root,
        env=_environment(),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(ONCE_S):
            printed, said = await process.communicate()
    except TimeoutError as error:
        raise EmbeddedError("embedded.too_slow", name=f"wardroom {' '.join(arguments[:2])}", seconds=int(ONCE_S)) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines() or ["—"]
        raise EmbeddedError("simulators.command_failed", command=" ".join(arguments[:2]), detail=lines[-1].removeprefix("wardroom: "))
    return printed.decode()


def answers(port: int, path: str = "/healthz", token: str | None = None) -> bytes | None:
    """Return what a service of ours answers to GET, None for anything but 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_HEALTH_S)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return body if response.status == http.client.OK else None


def is_well(port: int) -> bool:
    """Say whether a service of ours answers that it is well."""
    return answers(port) is not None


def stored(port: int, token: str) -> int | None:
    """Return how many readings this ingest process has stored, None where it does not say."""
    match = _STORED.search(answers(port, "/metrics", token) or b"")
    return round(float(match[1])) if match else None


def has_readings(database: Database) -> bool:
    """Say whether anything was ever stored."""
    try:
        with psycopg.connect(database.conninfo()) as connection:
            row = connection.execute("SELECT EXISTS (SELECT FROM reading)").fetchone()
    except psycopg.Error as error:
        raise StorageGone("simulators.no_database", detail=str(error).strip()) from error
    return row is not None and bool(row[0])


def is_fresh(file: Path) -> bool:
    """Say whether a status file was written just now: its writer lives."""
    try:
        return time.time() - file.stat().st_mtime < _FRESH_S
    except OSError:
        return False


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "LD_LIBRARY_PATH", "PYTHONPATH") if name in os.environ}
    return plain_environment() | kept | {"WARDROOM_LANG": settings.language(), "PYTHONUNBUFFERED": "1"}
