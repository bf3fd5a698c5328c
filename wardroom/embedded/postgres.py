"""folder and port → the embedded PostgreSQL 18 with pgvector, up and supervised."""

import asyncio
from pathlib import Path
from typing import Self

from wardroom.embedded import binaries
from wardroom.embedded.cluster import HOST, Cluster
from wardroom.embedded.folders import Announce, prepare
from wardroom.embedded.ports import refuse_taken
from wardroom.embedded.process import Supervised
from wardroom.embedded.provision import DATABASE, Roles, database_sql, extensions_sql, roles_sql


class Postgres:
    """The embedded PostgreSQL as an async context manager; `folder` is the data's (as root a link to where they lie)."""

    def __init__(self, folder: Path, port: int, *, log: Path, announce: Announce) -> None:
        self.port = port
        self._folder = folder
        self._log = log
        self._announce = announce
        self._cluster: Cluster | None = None
        self._process: Supervised | None = None

    async def __aenter__(self) -> Self:
        """Make the cluster if it is not there, start the server, and return when it takes connections."""
        self._cluster = cluster = await asyncio.to_thread(self._make)
        self._process = Supervised(cluster.program(), ready=cluster.is_ready, before=cluster.clear_stale, ready_within_s=60.0)
        await self._process.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop the server; everything is written."""
        await self.process.__aexit__(*error)

    @property
    def process(self) -> Supervised:
        """The supervised server: restarts, memory, `restart()`."""
        assert self._process is not None, "enter the context first"  # noqa: S101 - a programming error
        return self._process

    @property
    def pid(self) -> int | None:
        """The postmaster's number."""
        return self.process.pid

    @property
    def superuser(self) -> str:
        """The superuser's connection string; never log it."""
        return self.cluster.conninfo()

    @property
    def cluster(self) -> Cluster:
        """The cluster behind the server."""
        assert self._cluster is not None, "enter the context first"  # noqa: S101 - a programming error
        return self._cluster

    async def provision(self, roles: Roles, database: str = DATABASE) -> None:
        """Make roles, database and extensions, or set what has changed; again and again with the same end."""
        superuser = self.cluster.psql()
        await asyncio.to_thread(superuser.run, roles_sql(roles) + database_sql(database))
        await asyncio.to_thread(superuser.run, extensions_sql(), database)

    async def restart(self) -> None:
        """Stop and start the server; clients are sent away."""
        await self.process.restart()

    def _make(self) -> Cluster:
        place = prepare(self._folder, self._announce)
        cluster = Cluster(place=place, programs=binaries.find(place), port=self.port, log=self._log)
        cluster.create()
        cluster.clear_stale()
        refuse_taken(HOST, self.port, "database")
        return cluster
