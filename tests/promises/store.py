"""What the database holds, as the promises ask for it: readings wherever they are, and the latest by a rule of the test's own."""

import psycopg

from tests.servers.databases import TestDatabase

Row = tuple[object, ...]


def query(database: TestDatabase, text: str) -> list[Row]:
    """Return a query's rows, as a superuser; nothing for a statement that has none."""
    with psycopg.connect(database.superuser) as connection:
        cursor = connection.execute(text.encode())
        return cursor.fetchall() if cursor.description else []


def everywhere(database: TestDatabase) -> str:
    """Return the relation that has every stored reading: the view over those of the right time and the others, where there is one."""
    found = query(database, "SELECT to_regclass('reading_all') IS NOT NULL")
    return "reading_all" if found == [(True,)] else "reading"
