"""Results and benchmarks that are made up."""

from bench.result import Result
from bench.runs import Measure


def result(name: str = "made up", ratio: float = 1.0, **figures: float) -> Result:
    return Result(name=name, unit="things/s", ours=ratio * 1_000, limit=1_000.0, limit_is="nothing at all", ratio=ratio, figures=figures)


def benchmark(*ratios: float) -> Measure:
    """Return a benchmark whose ratio is the next of these each time it is asked."""
    left = iter(ratios)

    async def measure(*, quick: bool) -> list[Result]:
        assert quick
        return [result(ratio=next(left))]

    return measure


def silent(_: str) -> None:
    """Say nothing."""
