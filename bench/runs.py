"""names of benchmarks → a run: each one's results, or why it has none; one that fails stops no other."""

import asyncio
import importlib
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from bench.machine import Machine
from bench.result import Lacking, Result

Measure = Callable[..., Awaitable[list[Result]]]
OUT: Final = Path(__file__).parent / "out"
LIMIT_S: Final = 900.0
QUICK_LIMIT_S: Final = 120.0
"""A benchmark that takes longer has failed."""


class Run(Struct, frozen=True, kw_only=True):
    """What one run of the benchmarks measured, on what, and what failed or could not be measured here (by benchmark, with the reason)."""

    machine: Machine
    quick: bool
    results: dict[str, list[Result]]
    failed: dict[str, str]
    lacking: dict[str, str] = {}


def found() -> list[str]:
    """Return the names of all benchmarks: the modules beside this one that have a `measure`."""
    return [file.stem for file in sorted(Path(__file__).parent.glob("*.py")) if "\nasync def measure(" in file.read_text(encoding="utf-8")]


def named(names: Sequence[str]) -> dict[str, Measure]:
    """Return the benchmarks of these names; they are imported when they are called."""
    return {name: _late(name) for name in names}


def _late(name: str) -> Measure:
    async def measure(*, quick: bool) -> list[Result]:
        own: Measure = importlib.import_module(f"bench.{name}").measure
        return await own(quick=quick)

    return measure


async def measured(benchmarks: Mapping[str, Measure], *, quick: bool, machine: Machine, say: Callable[[str], None]) -> Run:
    """Measure one after another."""
    results: dict[str, list[Result]] = {}
    failed: dict[str, str] = {}
    lacking: dict[str, str] = {}
    for name, measure in benchmarks.items():
        say(f"{name} …")
        try:
            results[name] = await once(measure, quick=quick)
        except Lacking as reason:
            lacking[name] = str(reason)
            say(f"{name}: not measured, {reason}")
        except Exception as error:  # noqa: BLE001 - the top of a benchmark: told with its traceback, and the others still run
            failed[name] = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            say("".join(traceback.format_exception(error)))
    return Run(machine=machine, quick=quick, results=results, failed=failed, lacking=lacking)


async def once(measure: Measure, *, quick: bool) -> list[Result]:
    """Return one benchmark's results; raises TimeoutError where it takes longer than any should."""
    async with asyncio.timeout(QUICK_LIMIT_S if quick else LIMIT_S):
        return await measure(quick=quick)


def kept(run: Run, folder: Path = OUT) -> Path:
    """Write the run into a file of its own and into latest.json; return the former."""
    folder.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(run), indent=2)
    file = folder / f"{run.machine.at:%Y%m%dT%H%M%S}Z{'-quick' if run.quick else ''}.json"
    for target in (file, folder / "latest.json"):
        target.write_bytes(text)
    return file
