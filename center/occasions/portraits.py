"""a passage of a moment ago → the photo its greeting may show: the newest of who agreed to it and is kept; each look is in the log."""

from typing import Final
from uuid import UUID

from center.people.audit import Audit
from center.people.vault import Vault
from center.store.database import Database
from wardroom.errors import CheckInError

SHOWN_MINUTES: Final = 5
_PHOTO: Final = "photo"
"""The vault's kind of somebody's photo; its id is the photo's."""
SHOWABLE: Final = """EXISTS (
    SELECT FROM person s WHERE s.id = d.person AND coalesce(s.retain_until > now(), true)
      AND (SELECT given FROM consent c WHERE (c.person, c.kind) = (s.id, 'photo_shown') ORDER BY c.id DESC LIMIT 1)
)"""
"""Whether a photo of the delegate `d` may be shown: they agreed, and their time is not over, also where nobody has purged it yet."""
_SHOWN: Final = f"""
SELECT f.id::text, f.person::text, f.sealed
FROM passage p JOIN delegate d ON d.id = p.delegate JOIN photo f ON f.person = d.person
WHERE p.id = %(passage)s AND p.gate IS NOT NULL AND p.direction = 'in' AND p.result IN ('checked_in', 're_entered', 'already')
  AND p.at > clock_timestamp() - interval '{SHOWN_MINUTES} minutes'
  AND {SHOWABLE}
ORDER BY f.id DESC LIMIT 1
"""


class Portraits:
    """Photos for welcome screens."""

    def __init__(self, *, database: Database, audit: Audit, vault: Vault) -> None:
        self._database = database
        self._audit = audit
        self._vault = vault

    async def of(self, passage: UUID, who: str) -> bytes:
        """Return the JPEG to be shown for a passage; raises CheckInError where none may be."""
        rows = await self._database.rows(_SHOWN, {"passage": passage})
        if not rows:
            raise CheckInError("occasion.no_portrait", id=passage)
        photo, person, sealed = rows[0]
        jpeg = self._vault.open(_PHOTO, photo, sealed)
        await self._audit.note(who, "photo.shown", person, photo=photo, passage=str(passage))
        return jpeg
