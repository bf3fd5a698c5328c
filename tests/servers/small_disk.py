"""a database → moved to a disk of its own of a few megabytes, which a test can fill to the last page. Root's: it mounts a tmpfs."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
import psycopg

from tests.servers import volume
from tests.servers.databases import DatabaseServer, TestDatabase
from tests.servers.running import Running

PAGE: Final = 8_192
_NAME: Final = "wardroom_test_small"


@contextmanager
def mounted(megabytes: int, *, owner: int = 0) -> Iterator[Path]:
    """Mount a disk of that size; its folder is the owner's."""
    folder = Path(tempfile.mkdtemp(prefix="wardroom-disk-"))
    try:
        os.chown(folder, owner, -1)
        with volume.mounted(folder, megabytes):
            yield folder
    finally:
        folder.rmdir()


class SmallDisk:
    """The disk, as the server's tablespace."""

    def __init__(self, server: DatabaseServer, folder: Path) -> None:
        self._server = server
        self._folder = folder

    def run(self, statement: str) -> None:
        login = self._server.superuser
        where = f"host={login.host} port={login.port} user={login.user} password={login.password} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())

    def take(self, database: TestDatabase) -> None:
        """Move a database nobody is connected to onto the disk."""
        self.run(f"ALTER DATABASE {database.name} SET TABLESPACE {_NAME}")

    @contextmanager
    def filled(self, *, left_pages: int) -> Iterator[None]:
        """Leave the disk no more than so many pages."""
        file = self._folder / "filler"
        with file.open("wb") as filler:
            filler.write(bytes(max(0, shutil.disk_usage(self._folder).free - left_pages * PAGE)))
        try:
            yield
        finally:
            file.unlink()


@contextmanager
def small_disk(server: DatabaseServer, running: Running, megabytes: int = 64) -> Iterator[SmallDisk]:
    """Lend a disk of that size as a tablespace of the server; it must be empty again at the end."""
    with mounted(megabytes, owner=psutil.Process(running.pid).uids().real) as folder:
        disk = SmallDisk(server, folder)
        disk.run(f"CREATE TABLESPACE {_NAME} LOCATION '{folder}'")
        try:
            yield disk
        finally:
            disk.run(f"DROP TABLESPACE {_NAME}")
