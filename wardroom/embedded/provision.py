r"""three passwords → the SQL that makes roles, database and extensions; run again it only sets what has changed.

Runs through psql (its ``\gexec``): CREATE DATABASE cannot stand in a DO block. Passwords are hashed by the server and never logged.
"""

from dataclasses import dataclass, field
from typing import Final

DATABASE: Final = "wardroom"
OWNER: Final = "wardroom_owner"
INGEST: Final = "wardroom_ingest"
CENTER: Final = "wardroom_center"
EXTENSIONS: Final = ("vector", "timescaledb")
"""Created where the server offers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The passwords of the three roles."""

    owner: str = field(repr=False)
    ingest: str = field(repr=False)
    center: str = field(repr=False)

    def passwords(self) -> dict[str, str]:
        """Return role name → password."""
        return {OWNER: self.owner, INGEST: self.ingest, CENTER: self.center}


def roles_sql(roles: Roles) -> str:
    """Return the script that makes the three roles or sets their passwords."""
    quiet = "SET log_statement = 'none'; SET log_min_error_statement = 'panic'; SET password_encryption = 'scram-sha-256';\n"
    return quiet + "".join(_role(name, password) for name, password in roles.passwords().items())


def database_sql(name: str, *, template: str = "template1") -> str:
    """Return the script that makes the database `name`, the owner's, closed to everybody but the three roles.

    The three have no business in the server's own databases: what a stolen password opens is this one database.
    """
    database, roles = _identifier(name), f"{OWNER}, {INGEST}, {CENTER}"
    create = f"CREATE DATABASE {database} OWNER {OWNER} TEMPLATE {_identifier(template)}"
    return (
        f"SELECT {_literal(create)} WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {_literal(name)}) \\gexec\n"
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;\n"
        "REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;\n"
        f"GRANT CONNECT ON DATABASE {database} TO {roles};\n"
        f"ALTER DATABASE {database} SET timezone = 'UTC';\n"
    )


def extensions_sql() -> str:
    """Return the script that creates, in the database it runs in, the extensions the server offers."""
    names = ", ".join(_literal(name) for name in EXTENSIONS)
    return (
        "SET client_min_messages = warning;\n"
        f"SELECT format('CREATE EXTENSION IF NOT EXISTS %I', name) FROM pg_available_extensions WHERE name IN ({names}) \\gexec\n"
    )


def _role(name: str, password: str) -> str:
    create = f"CREATE ROLE {_identifier(name)}"
    return (
        f"SELECT {_literal(create)} WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {_literal(name)}) \\gexec\n"
        f"ALTER ROLE {_identifier(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {_literal(password)};\n"
    )


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
