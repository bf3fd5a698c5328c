"""``python -m bench [--quick] [NAME …]`` → a table, and bench/out/latest.json."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from bench import decode, ingest, outbox
from bench.result import Result

BENCHMARKS: Final[dict[str, Callable[..., Awaitable[list[Result]]]]] = {
    "decode": decode.measure,
    "outbox": outbox.measure,
    "ingest": ingest.measure,
}
OUT: Final = Path(__file__).parent / "out" / "latest.json"


async def run(names: list[str], *, quick: bool) -> list[Result]:
    """Run the named benchmarks one after another."""
    return [result for name in names for result in await BENCHMARKS[name](quick=quick)]


def main() -> int:
    """Run what the command line names, or all; return the exit status."""
    quick = "--quick" in sys.argv
    names = [word for word in sys.argv[1:] if word != "--quick"] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(f"bench: '{unknown[0]}' is no benchmark; choose from {', '.join(BENCHMARKS)}\n")
        return 2
    results = asyncio.run(run(names, quick=quick))
    table = Table("benchmark", "ours", "limit", "unit", "ratio", "the limit is")
    for each in results:
        table.add_row(each.name, f"{each.ours:,.0f}", f"{each.limit:,.0f}", each.unit, f"{each.ratio:.2f}", each.limit_is)
    Console().print(table)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2))
    return 0


sys.exit(main())
