"""database → nothing, or SchemaNewer: a center stops before it shows half of a schema that only a newer one knows."""

from typing import Final

from center.store.database import Database
from wardroom.errors import SchemaNewer

KNOWN: Final = "008_erased.sql"
"""The last table file this center was written for."""
_NEWER: Final = "SELECT name FROM schema_file WHERE name ~ '^[0-9]{3}_' AND name > %(known)s ORDER BY name LIMIT 1"


async def refuse_newer(database: Database) -> None:
    """Raise SchemaNewer where a newer program has upgraded the database."""
    if newer := await database.rows(_NEWER, {"known": KNOWN}):
        raise SchemaNewer("center.schema_newer", file=newer[0][0])
