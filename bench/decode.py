"""SenML bytes → readings, against msgspec's own decoding of the same bytes into the same records."""

import time
from collections.abc import Callable
from typing import Final

import msgspec

from bench.result import Result, paired
from wardroom import senml

_RECORDS: Final = 100
_REPEATS: Final = 500
_ROUNDS: Final = 7
_SENT_US: Final = 1_800_000_000_000_000


async def measure(*, quick: bool) -> list[Result]:
    """Decode packs of 100 readings."""
    readings = [senml.Reading(f"air{n % 10}", "temperature", "Cel", 20 + n / 10, _SENT_US - n * 1_000) for n in range(_RECORDS)]
    payload = senml.encode(readings, _SENT_US)
    bare = msgspec.json.Decoder(list[senml.Record])
    rates = [(_rate(lambda: senml.columns(payload)), _rate(lambda: bare.decode(payload))) for _ in range(1 if quick else _ROUNDS)]
    return [paired("decode: packs of 100", "readings/s", "msgspec alone, nothing resolved or checked", rates)]


def _rate(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(_REPEATS):
        work()
    return _RECORDS * _REPEATS / (time.perf_counter() - began)
