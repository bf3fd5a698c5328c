"""A database server for a test session, and one throw-away database in it for each test."""

import asyncio
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psycopg

from ingest import migrate
from wardroom.embedded.provision import CENTER, INGEST, OWNER, Roles, database_sql, extensions_sql, roles_sql
from wardroom.embedded.psql import Psql
from wardroom.settings import Database, Secret

PREFIX: Final = "wardroom_test_"
_NAME: Final = re.compile(PREFIX + "[0-9a-f]{12}")
_TEMPLATE: Final = PREFIX + "template"
_WITH_SCHEMA: Final = PREFIX + "schema"
_GRANTS: Final = migrate.SCHEMA / "views" / "900_grants.sql"


class NotATestDatabase(Exception):
    """A name that no test may touch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestDatabase:
    """One test's own database, empty but for its extensions; the owner's, with the two other roles."""

    __test__ = False

    kind: str
    name: str
    host: str
    port: int
    roles: Roles
    superuser: str
    """A superuser's connection string to this database: for breaking things, never for the product."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise NotATestDatabase(f"{self.name}: a test database is called {PREFIX} and twelve hexadecimal digits")

    @property
    def owner(self) -> Database:
        """Settings of the role that migrates."""
        return self._settings(OWNER)

    @property
    def ingest(self) -> Database:
        """Settings of the role that stores."""
        return self._settings(INGEST)

    @property
    def center(self) -> Database:
        """Settings of the role that shows."""
        return self._settings(CENTER)

    def _settings(self, role: str) -> Database:
        password = Secret(self.roles.passwords()[role])
        return Database(host=self.host, port=self.port, name=self.name, user=role, password=password)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseServer:
    """A server that is up: `kind` is ``postgresql`` or ``timescaledb``."""

    kind: str
    host: str
    port: int
    superuser: Psql
    roles: Roles

    @classmethod
    def provision(cls, kind: str, superuser: Psql) -> "DatabaseServer":
        """Make the roles and the template that every test's database is copied from."""
        roles = Roles(owner=secrets.token_urlsafe(9), ingest=secrets.token_urlsafe(9), center=secrets.token_urlsafe(9))
        superuser.run(roles_sql(roles) + database_sql(_TEMPLATE))
        superuser.run(extensions_sql(), _TEMPLATE)
        return cls(kind=kind, host=superuser.host, port=superuser.port, superuser=superuser, roles=roles)

    @contextmanager
    def database(self, *, schema: bool = False) -> Iterator[TestDatabase]:
        """Make one database, empty or with this program's schema, and drop it with whatever is still connected to it."""
        if schema:
            self._have_schema()
        name = PREFIX + secrets.token_hex(6)
        database = TestDatabase(kind=self.kind, name=name, host=self.host, port=self.port, roles=self.roles, superuser=self._conninfo(name))
        self._make(name, _WITH_SCHEMA if schema else _TEMPLATE)
        if schema:
            with psycopg.connect(database.owner.conninfo(), autocommit=True) as connection:
                connection.execute(_GRANTS.read_bytes())  # what is granted on the database itself is not copied
        try:
            yield database
        finally:
            drop(self._conninfo("postgres"), database.name)

    def _have_schema(self) -> None:
        """Make the template with the schema unless it is there: a copy takes less than an upgrade, and hundreds of tests begin with it."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", (_WITH_SCHEMA,)).fetchone() is not None:
                return
        with self.database() as made:
            asyncio.run(migrate.upgrade(made.owner.conninfo()))
            with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE {_WITH_SCHEMA} TEMPLATE "{made.name}"'.encode())

    def _make(self, name: str, template: str) -> None:
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE {template}'.encode())
            connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC'.encode())
            connection.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {OWNER}, {INGEST}, {CENTER}'.encode())

    def _conninfo(self, database: str) -> str:
        login = self.superuser
        return f"host={self.host} port={self.port} dbname={database} user={login.user} password={login.password} connect_timeout=5"


def drop(conninfo: str, name: str) -> None:
    """Drop a test's database; any other name is refused."""
    if not _NAME.fullmatch(name):
        raise NotATestDatabase(f"{name}: not dropped, its name lacks {PREFIX}")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
