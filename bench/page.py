"""runs → bench/measured.json and the table of docs/performance.md, which is that file's content and nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from bench import table
from bench.machine import Machine
from bench.runs import Run

MEASURED: Final = Path(__file__).parent / "measured.json"
PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN: Final = "<!-- measured: make bench ARGS=--keep writes this part -->\n"
END: Final = "<!-- /measured -->"

Kept = dict[str, Run]
"""The run each benchmark's figures are from."""


def kept(measured: Path = MEASURED) -> Kept:
    """Return the committed figures."""
    return msgspec.json.decode(measured.read_bytes(), type=Kept) if measured.exists() else {}


def keep(run: Run, measured: Path = MEASURED, page: Path = PAGE) -> None:
    """Put the run's results into the committed ones, in place of older ones of the same benchmarks, and write the page's table."""
    new = {name: msgspec.structs.replace(run, results={name: found}, failed={}) for name, found in run.results.items()}
    runs = dict(sorted({**kept(measured), **new}.items()))
    measured.write_bytes(msgspec.json.format(msgspec.json.encode(runs), indent=2) + b"\n")
    page.write_text(written(page.read_text(encoding="utf-8"), runs), encoding="utf-8")


def written(text: str, runs: Kept) -> str:
    """Return the page with the runs' tables between its two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    results = {name: found for run in runs.values() for name, found in run.results.items()}
    return f"{before}{BEGIN}\n{table.markdown(results)}\n\n{_machines(runs)}\n\n{END}{after}"


def _machines(runs: Mapping[str, Run]) -> str:
    """Say where and when each figure was measured; runs of one start are said together."""
    said: dict[str, list[str]] = {}
    for name, run in runs.items():
        said.setdefault(_machine(run.machine), []).append(name)
    return "\n".join(f"- {', '.join(names)}: {where}" for where, names in said.items())


def _machine(machine: Machine) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(machine.versions.items()))
    return (
        f"{machine.at:%Y-%m-%d %H:%M} UTC, source {machine.commit}, {machine.cpu}, {machine.cores} cores, "
        f"load {machine.load[0]:.1f} before it began, Python {machine.python}, {versions}."
    )
