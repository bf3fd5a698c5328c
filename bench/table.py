"""results → a table: for the terminal, and in Markdown for docs/performance.md."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from bench.result import Result


def terminal(results: Mapping[str, Sequence[Result]]) -> Table:
    """Return the table `make bench` prints."""
    table = Table("benchmark", "ours", "limit", "unit", "ratio", "the limit is", "seen beside it")
    for found in results.values():
        for each in found:
            table.add_row(each.name, number(each.ours), number(each.limit), each.unit, number(each.ratio), each.limit_is, figures(each))
    return table


def markdown(results: Mapping[str, Sequence[Result]]) -> str:
    """Return the rows as a Markdown table, each with the command that measures it."""
    lines = ["| what | ours | limit | ratio | the limit is | seen beside it | command |", "|---|---|---|---|---|---|---|"]
    for name, found in results.items():
        for each in found:
            ours, limit = f"{number(each.ours)} {each.unit}", number(each.limit)
            lines.append(
                f"| {each.name} | {ours} | {limit} | {number(each.ratio)} | {each.limit_is} | {figures(each)} | `make bench ARGS={name}` |"
            )
    return "\n".join(lines)


def figures(result: Result) -> str:
    """Return what was seen beside the result."""
    return ", ".join(f"{name} {number(value)}" for name, value in result.figures.items())


def number(value: float) -> str:
    """Return a figure with the digits that mean something: three, and no more than are before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
