"""what all that is done with people needs of the center: its database, vault, audit log, uploads and clock."""

from dataclasses import dataclass

from center.people.audit import Audit
from center.people.vault import Vault
from center.store.database import Database
from center.uploads import Uploads
from wardroom.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Parts of the center's room."""

    database: Database
    vault: Vault
    audit: Audit
    uploads: Uploads
    clock: Clock
