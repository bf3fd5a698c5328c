"""what one sample told → the sensor's word changed or not: a fault and a recovery are told once each. Pure: time is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass

from wardroom.messages import SensorFaultReason


@dataclass(frozen=True, slots=True)
class Fault:
    """A sensor stopped telling the truth."""

    reason: SensorFaultReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A sensor tells the truth again after `fault_s` seconds."""

    fault_s: float


class Truth:
    """Whether one sensor is to be believed; every transition comes out exactly once.

    `reason` and `fault_at` (monotonic): a fault that was told before a restart and still stands.
    """

    def __init__(self, stuck_after_s: float | None, *, reason: SensorFaultReason | None = None, fault_at: float = 0.0) -> None:
        self._stuck_after_s = stuck_after_s
        self._reason = reason
        self._fault_at = fault_at
        self._values: dict[str, float] = {}
        self._moved_at = 0.0

    @property
    def at_fault(self) -> bool:
        """Whether the last word was a fault."""
        return self._reason is not None

    def failed(self, fault: Fault, now: float) -> Fault | None:
        """Return `fault` if it is news: the first one, or another reason than before."""
        if self._reason is fault.reason:
            return None
        if self._reason is None:
            self._fault_at = now
        self._reason = fault.reason
        return fault

    def answered(self, values: Mapping[str, float], now: float) -> Fault | Recovery | None:
        """Return what a good sample at monotonic `now` changes: a recovery, a sensor found stuck, or nothing."""
        if values != self._values or not self._values:
            self._values = dict(values)
            self._moved_at = now
        elif self._stuck_after_s is not None and now - self._moved_at >= self._stuck_after_s:
            return self.failed(Fault(SensorFaultReason.STUCK, f"unchanged for {now - self._moved_at:.0f} s"), now)
        if self._reason is None or (self._reason is SensorFaultReason.STUCK and self._moved_at != now):
            return None
        self._reason = None
        return Recovery(now - self._fault_at)
