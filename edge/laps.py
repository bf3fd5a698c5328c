"""stages as they run → how long each took: the stopwatch of the benchmarks and of `wardroom vision bench`."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Lap:
    """How often a stage ran, and for how many seconds in all."""

    times: int = 0
    seconds: float = 0.0

    @property
    def milliseconds(self) -> float:
        """Return what one run took on average."""
        return 1000 * self.seconds / self.times if self.times else 0.0


@dataclass(slots=True)
class Laps:
    """A stopwatch for `vision.pipeline`: one lap for each stage of it, so there are no more of them than stages."""

    laps: dict[str, Lap] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Measure a stage."""
        began = time.perf_counter()
        try:
            yield
        finally:
            lap = self.laps.setdefault(stage, Lap())
            lap.times += 1
            lap.seconds += time.perf_counter() - began

    def seen(self) -> Mapping[str, Lap]:
        """Return the stages in the order they first ran."""
        return dict(self.laps)
