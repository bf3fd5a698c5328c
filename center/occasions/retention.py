"""an occasion → until when the photos and faces of its delegates are kept: for its days after its end, told in SQL to whoever asks.

It ends when it was planned to, or when it was closed if that is later: one that runs over is not without faces in the middle. One that
nobody closed ends a week after its plan, for no face is kept because somebody forgot a button.
"""

from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection

FORGOTTEN: Final = "7 days"
"""How long after its planned end an occasion that is still open keeps faces."""
_ENDED: Final = f"""least(
    greatest(o.ends, CASE WHEN o.state IN ('rehearsal', 'open') THEN 'infinity' ELSE o.closed END), o.ends + interval '{FORGOTTEN}'
)"""
UNTIL: Final = f"({_ENDED} + make_interval(days => o.retain_days))"
"""Until when the occasion `o` keeps faces."""
_LAPSE: Final = f"""
UPDATE person p SET lapses = greatest(p.lapses, f.until) FROM (
    SELECT d.person, max({UNTIL}) AS until FROM delegate d JOIN occasion o ON o.id = d.occasion
    WHERE d.id = %(id)s OR d.occasion = %(id)s GROUP BY d.person
) AS f WHERE p.id = f.person
"""


async def leave(connection: AsyncConnection[Any], taken_out: UUID) -> None:
    """Note of the person of a delegate, or of everybody of an occasion, who is taken out: kept no longer than they were promised."""
    await connection.execute(_LAPSE, {"id": taken_out})
