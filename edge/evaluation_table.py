"""an evaluation → tables and sentences for the terminal."""

from collections.abc import Callable, Iterator
from typing import Final

from rich.console import Console, RenderableType
from rich.table import Table

from edge.evaluation import Evaluation
from vision import verification
from vision.identification import FEW
from vision.verification import Point
from wardroom import texts

_WIDEST: Final = 24
"""Persons in the table of confusions; of more only those that were confused are shown."""
Say = Callable[..., str]


def show(found: Evaluation, console: Console, language: str) -> None:
    """Print everything."""

    def say(key: str, **data: object) -> str:
        return texts.say(key, language, **data)

    for part in (_photos(found, say), _verification(found, say), *_honesty(found, say), *_identification(found, say), *_advice(found, say)):
        console.print(part)


def _photos(found: Evaluation, say: Say) -> Table:
    table = Table(
        say("vision.table_person"),
        say("vision.table_photo"),
        say("vision.table_faces"),
        say("vision.table_finding"),
        title=say("vision.table_photos", model=found.model),
    )
    for photo in found.photos:
        table.add_row(
            photo.person, photo.file, str(photo.faces), say("vision.photo_usable") if photo.usable else f"[red]{photo.reason}[/red]"
        )
    return table


def _verification(found: Evaluation, say: Say) -> Table:
    title = say("vision.table_verification", same=found.same_pairs, other=found.other_pairs)
    table = Table(
        say("vision.table_rate"), say("vision.table_true"), say("vision.table_interval"), say("vision.table_threshold"), title=title
    )
    for point in found.points:
        table.add_row(f"{point.rate:g}", *_cells(point, say))
    table.add_row(say("vision.table_strict"), *_cells(found.strict, say))
    return table


def _cells(point: Point, say: Say) -> tuple[str, str, str]:
    if point.tpr is None or point.threshold is None:
        return say("vision.table_few"), "", ""
    return f"{point.tpr:.1%}", f"{point.low:.1%} – {point.high:.1%}", f"{point.threshold:.3f}"


def _honesty(found: Evaluation, say: Say) -> Iterator[str]:
    if found.other_pairs:
        yield say("vision.least_rate", pairs=found.other_pairs, rate=f"{1 / found.other_pairs:.2g}")
        yield say("vision.ceiling", pairs=found.other_pairs, rate=f"{verification.ceiling(found.other_pairs):.2g}")


def _identification(found: Evaluation, say: Say) -> Iterator[RenderableType]:
    confusion = found.confusion
    limits = {"accept": found.limits.accept, "margin": found.limits.margin}
    confused = {
        place
        for row, counts in enumerate(confusion.counts)
        for place, count in enumerate(counts[:-1])
        if count and place != row
        for place in (row, place)
    }
    rows = list(range(len(confusion.persons)))
    shown = rows if len(rows) <= _WIDEST else sorted(confused)[:_WIDEST]
    table = Table(
        say("vision.table_person"),
        *(confusion.persons[row] for row in shown),
        say("vision.table_unknown"),
        title=say("vision.table_confusion", **limits),
    )
    for row in shown:
        cells = [_count(confusion.counts[row][column], right=row == column) for column in shown]
        table.add_row(confusion.persons[row], *cells, str(confusion.counts[row][-1]))
    yield table
    yield say("vision.identified", right=confusion.right, wrong=confusion.wrong, unknown=confusion.unknown)
    yield say("vision.strangers", strangers=confusion.strangers, named=confusion.strangers_named)


def _count(count: int, *, right: bool) -> str:
    if not count:
        return "·"
    return f"[green]{count}[/green]" if right else f"[bold red]{count}[/bold red]"


def _advice(found: Evaluation, say: Say) -> Iterator[str]:
    if (advice := found.advice) is None:
        yield say("vision.no_advice")
        return
    key = "vision.advice_apart" if advice.apart else "vision.advice_overlap"
    yield say(key, accept=advice.accept, unknown=advice.unknown, margin=advice.margin)
    if found.confusion.strangers < FEW:
        yield say("vision.advice_few", accept=found.limits.accept, looks=found.confusion.strangers)
