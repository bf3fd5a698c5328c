"""events → which sensors are at fault now, however long ago that began: a fault without a later recovery."""

from typing import Final

from wardroom.live import LiveEvent

FAULT: Final = "vn.wardroom.sensor.fault.v1"
RECOVERED: Final = "vn.wardroom.sensor.recovered.v1"
LIMIT: Final = 50_000
"""Sensors remembered; a new one beyond that is not, its events are shown like any other."""

Sensor = tuple[str, str, str]


class Faults:
    """The first of the faults that still last, by sensor; a late event counts by when it happened, not by when it came."""

    def __init__(self) -> None:
        self._active: dict[Sensor, LiveEvent] = {}
        self._recovered: dict[Sensor, int] = {}

    def happen(self, event: LiveEvent) -> None:
        """Take an event into account, if it is one of a sensor's health."""
        if event.type not in {FAULT, RECOVERED}:
            return
        sensor = (event.site, event.gateway, str(event.data.get("sensor", event.subject)))
        if sensor not in self._recovered and len(self._recovered) >= LIMIT:
            return
        recovered_us = self._recovered.setdefault(sensor, 0)
        active = self._active.get(sensor)
        if event.type == RECOVERED:
            self._recovered[sensor] = max(recovered_us, event.time_us)
            if active is not None and active.time_us <= event.time_us:
                del self._active[sensor]
        elif event.time_us > recovered_us and (active is None or event.time_us < active.time_us):
            self._active[sensor] = event

    def active(self) -> list[LiveEvent]:
        """Return the faults that last, in the order they came."""
        return sorted(self._active.values(), key=lambda event: event.seq)
