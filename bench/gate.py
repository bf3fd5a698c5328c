"""results and the committed ratios → what got slower, is missing or unknown: one sentence each, with what to do.

Noise is no regression: a benchmark below the gate is measured again, at most twice, and its best counts. A regression is slow every time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from bench.result import Result
from bench.runs import Measure, once

RATIOS: Final = Path(__file__).parent / "ratios.json"
FLOOR: Final = 0.8
"""Below this part of its committed ratio a benchmark fails."""
AGAIN: Final = 2

Ratios = dict[str, dict[str, float]]
"""The ratios by benchmark and result."""
Results = dict[str, list[Result]]


def committed(file: Path = RATIOS) -> Ratios:
    """Return the committed ratios; none where there is no file yet."""
    return msgspec.json.decode(file.read_bytes(), type=Ratios) if file.exists() else {}


def accept(results: Mapping[str, Sequence[Result]], file: Path = RATIOS) -> None:
    """Write the ratios of `results`; benchmarks that were not measured keep theirs."""
    ratios = committed(file) | {name: {each.name: round(each.ratio, 4) for each in found} for name, found in results.items()}
    file.write_bytes(msgspec.json.format(msgspec.json.encode(dict(sorted(ratios.items()))), indent=2) + b"\n")


async def best(
    results: Mapping[str, Sequence[Result]], benchmarks: Mapping[str, Measure], ratios: Ratios, say: Callable[[str], None]
) -> Results:
    """Return the results, each of a slow benchmark the best of up to three measurements."""
    better = {name: list(found) for name, found in results.items()}
    for name, found in better.items():
        for _ in range(AGAIN):
            if not any(_slow(each, ratios.get(name, {})) for each in found):
                break
            say(f"{name}: below the gate, once more …")
            try:
                found[:] = _picked(found, await once(benchmarks[name], quick=True), max)
            except Exception as error:  # noqa: BLE001 - what was measured before counts; the reason is told
                say(f"{name}: {error}")
    return better


async def lowest(results: Mapping[str, Sequence[Result]], benchmarks: Mapping[str, Measure], say: Callable[[str], None]) -> Results:
    """Return the results, each the lowest of three measurements: what is committed must hold on a bad day too."""
    lower = {name: list(found) for name, found in results.items()}
    for name, found in lower.items():
        for _ in range(AGAIN):
            say(f"{name}: once more …")
            found[:] = _picked(found, await once(benchmarks[name], quick=True), min)
    return lower


def findings(results: Mapping[str, Sequence[Result]], ratios: Ratios, names: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each result that is too slow or unknown, and for each committed one that `names` should have brought."""
    for name in names:
        known, found = ratios.get(name, {}), {each.name: each for each in results.get(name, ())}
        for each in found.values():
            if each.name not in known:
                yield (
                    f"{each.name}: ratio {each.ratio:.3g}, and none is committed; "
                    f'if it is right, write it down with make bench-quick ARGS="{name} --accept" and commit bench/ratios.json.'
                )
            elif _slow(each, known):
                yield (
                    f"{each.name}: ratio {each.ratio:.3g} is below {FLOOR:.0%} of the committed {known[each.name]:.3g}; "
                    f"find what costs, or if it is worth it say why in the commit and "
                    f'write it down with make bench-quick ARGS="{name} --accept".'
                )
        for gone in sorted(known.keys() - found.keys()):
            yield (
                f"{gone}: not measured, and {known[gone]:.3g} is committed; "
                f"mend the benchmark '{name}', or take its line out of bench/ratios.json."
            )


def strangers(ratios: Ratios, every: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each benchmark that has ratios and does not exist."""
    for stranger in sorted(ratios.keys() - set(every)):
        yield f"{stranger}: bench/ratios.json has its ratios, and there is no such benchmark; take them out."


def _slow(result: Result, known: Mapping[str, float]) -> bool:
    return result.name in known and result.ratio < FLOOR * known[result.name]


def _picked(before: Sequence[Result], after: Sequence[Result], pick: Callable[..., Result]) -> list[Result]:
    again = {each.name: each for each in after}
    return [pick(each, again.get(each.name, each), key=lambda one: one.ratio) for each in before]
