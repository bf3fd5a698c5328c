"""single readings → the messages that the MQTT benchmarks send, and a clock that starts with the first and stops with the last."""

import asyncio
import threading
import time
from typing import Final

from wardroom import senml
from wardroom.bus import Outgoing
from wardroom.topics import Gateway

MESSAGES: Final = 20_000
TRIPS: Final = 1_000
WINDOW: Final = 1_000
"""Messages without a confirmation."""
WITHIN_S: Final = 60.0
GATEWAY: Final = Gateway("bench", "gw-1")
FILTER: Final = (f"{GATEWAY.prefix}/#", 1)
_SENT_US: Final = 1_800_000_000_000_000
_PAYLOAD: Final = senml.encode([senml.Reading("air1", "co2", "ppm", 417.3, _SENT_US - 12_000)], _SENT_US)


class Clock:
    """Time and this process's own processor time from the first of `wanted` messages to the last."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._seen = 0
        self._began = (0.0, 0.0)
        self.rate = self.cpu_us = 0.0
        self.done = threading.Event()

    def count(self) -> None:
        if not self._seen:
            self._began = (time.perf_counter(), time.process_time())
        self._seen += 1
        if self._seen == self._wanted:
            self.rate = self._wanted / (time.perf_counter() - self._began[0])
            self.cpu_us = (time.process_time() - self._began[1]) / self._wanted * 1e6
            self.done.set()

    async def wait(self) -> None:
        """Return once the last came; the event loop stays free."""
        async with asyncio.timeout(WITHIN_S):
            while not self.done.is_set():  # noqa: ASYNC110 - paho's thread sets it
                await asyncio.sleep(0.005)


def message(number: int) -> Outgoing:
    """Return a message of one reading, as an outbox numbers it."""
    return Outgoing(GATEWAY.pack("readings", "0192a4b7c0de", number), _PAYLOAD)
