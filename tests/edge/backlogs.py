"""What a typical gateway gathers while it is offline, in its outbox's file.

Twenty sensors, a reading every ten seconds each, none of them in step: a pack each, the hardest case; and an event every ten minutes.
"""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from edge.outbox_store import EVENTS, READINGS, New, Store
from tests.edge.boxes import event
from wardroom import messages, senml
from wardroom.senml import Reading
from wardroom.topics import Gateway

BOOT: Final = "earlier"
_SENSORS: Final = 20
_EVERY_S: Final = 10
_EVENT_EVERY: Final = 600 * _SENSORS // _EVERY_S
_COMMIT: Final = 1_000


def packs_of(hours: float) -> int:
    return int(hours * 3_600) * _SENSORS // _EVERY_S


def filled(file: Path, place: Gateway, hours: float) -> tuple[int, int]:
    """Put the packs an earlier boot left into a new file; return how many, and their bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    store = Store(file, 2**34)
    store.open()
    packs = _packs(place, hours)
    while some := list(islice(packs, _COMMIT)):
        store.commit(some, ())
    store.close()
    return store.packs, store.bytes


def _packs(place: Gateway, hours: float) -> Iterator[New]:
    began_us = time.time_ns() // 1_000 - int(hours * 3_600_000_000)
    for number in range(packs_of(hours)):
        put_us = began_us + number * 1_000_000 * _EVERY_S // _SENSORS
        if number % _EVENT_EVERY == 0:
            kind, payload = EVENTS, messages.encode(event(number=number))
        else:
            reading = Reading(f"air{number % _SENSORS}", "temperature", "Cel", 20 + number % 100 / 10, put_us - 5_000)
            kind, payload = READINGS, senml.encode((reading,), put_us)
        yield New(kind, place.pack(kind, BOOT, number), BOOT, number, payload, put_us)
