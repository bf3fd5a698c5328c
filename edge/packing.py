"""readings → SenML payloads, each below the wire limit: one where they fit, else halves of halves."""

from wardroom import senml
from wardroom.errors import PackTooLarge
from wardroom.senml import RECORD_LIMIT, Reading


def payloads(readings: tuple[Reading, ...], sent_us: int) -> list[bytes]:
    """Return the packs' bytes, the readings in their order; `sent_us` is every pack's base time."""
    if len(readings) <= RECORD_LIMIT:
        try:
            return [senml.encode(readings, sent_us)]
        except PackTooLarge:
            if len(readings) == 1:
                raise
    half = len(readings) // 2
    return payloads(readings[:half], sent_us) + payloads(readings[half:], sent_us)
