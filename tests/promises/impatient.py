"""``python -m tests.promises.impatient`` → `wardroom center`, set from the environment; in the short form it waits less for screens."""

import sys
from typing import Final

import uvloop

from center.room import Room
from center.screen import PACE as USUAL
from center.screen import Pace
from center.server import serve
from center.settings import Settings
from tests.promises.scale import FULL
from wardroom import service, settings
from wardroom.clock import SystemClock

PACE: Final = USUAL if FULL else Pace(send_s=3.0)


def main() -> int:
    """Serve until SIGTERM."""
    chosen = settings.load(Settings, None)

    async def serving() -> None:
        await serve(Room.assemble(chosen, SystemClock(), pace=PACE))

    return service.run(serving, log=chosen.log, loop_factory=uvloop.new_event_loop)


if __name__ == "__main__":
    sys.exit(main())
