"""best shots of who passed ↔ the table `evidence`, sealed; the face in each as numbers where the center has an engine."""

import struct
from collections.abc import Sequence
from typing import Final

from center.people import late_shots
from center.people.vault import Vault
from center.store.database import Database
from wardroom.errors import CheckInError
from wardroom.topics import Gateway

SHOT: Final = "evidence"
"""The vault's kind of a JPEG; its id is the digest."""
FACE: Final = "evidence embedding"
"""The vault's kind of an embedding, little-endian float32; its id is the digest of the picture it was found in."""

_PUT: Final = """
INSERT INTO evidence (digest, site, gateway, sealed, model, embedding_sealed)
VALUES (%(digest)s, %(site)s, %(gateway)s, %(sealed)s, %(model)s, %(face)s) ON CONFLICT (digest) DO NOTHING
"""


class Shots:
    """Keeps best shots."""

    def __init__(self, *, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def keep(
        self, digest: bytes, place: Gateway, jpeg: bytes, *, model: str | None = None, embedding: Sequence[float] | None = None
    ) -> bool:
        """Keep one; return False where it is there already, or is of somebody who was erased. `embedding`: of its face, by `model`.

        Raises PeopleError without a key, StorageError.
        """
        values = {
            "digest": digest,
            "site": place.site,
            "gateway": place.gateway,
            "model": model,
            "sealed": self._vault.seal(SHOT, digest, jpeg),
            "face": None if embedding is None else self._vault.seal(FACE, digest, struct.pack(f"<{len(embedding)}f", *embedding)),
        }
        async with self._database.transaction() as connection:
            if await late_shots.refused(connection, digest):
                return False
            return (await connection.execute(_PUT, values)).rowcount > 0

    async def get(self, digest: bytes) -> bytes:
        """Return a JPEG; raises CheckInError where there is none."""
        rows = await self._database.rows("SELECT sealed FROM evidence WHERE digest = %(digest)s", {"digest": digest})
        if not rows:
            raise CheckInError("occasion.no_evidence", digest=digest.hex())
        return self._vault.open(SHOT, digest, rows[0][0])

    def face(self, digest: bytes, sealed: bytes) -> tuple[float, ...]:
        """Return an embedding; raises PeopleError where it cannot be opened."""
        packed = self._vault.open(FACE, digest, sealed)
        return struct.unpack(f"<{len(packed) // 4}f", packed)
