"""`wardroom models`: names of the catalogue → what is known about them, their files fetched, and whether the bytes are the right ones."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

from vision import catalogue, models, pulling
from vision.catalogue import Model
from vision.errors import ModelError, VisionError
from wardroom import service, settings, texts

cli = typer.Typer(no_args_is_help=True, help="The models that find and tell apart faces: where from, on which terms, and whether whole.")
Folder = Annotated[Path, typer.Option("--folder", envvar="WARDROOM_MODELS", help="Where the models lie.")]
Names = Annotated[list[str] | None, typer.Argument(help="Models or packs of the catalogue; all of those that are there if none is named.")]
DEFAULT: Final = Path(".wardroom/models")


@cli.command(name="list")
def show(folder: Folder = DEFAULT) -> None:
    """Say which models the catalogue knows, on which terms they may be used, and which are here."""
    heads = [_said(f"edge.models_{column}") for column in ("name", "task", "licence", "size", "here")]
    rows = [heads, *(_row(model, folder) for model in catalogue.MODELS)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


@cli.command()
def pull(
    names: Annotated[list[str], typer.Argument(help="Models or packs of the catalogue, e.g. yunet sface, or buffalo_l.")],
    folder: Folder = DEFAULT,
    mirror: Annotated[str, typer.Option("--from", help="Fetch from this address instead, e.g. http://10.0.0.5/models.")] = "",
) -> None:
    """Fetch models into the folder: resumed where it was cut off, checked, in their place all at once."""
    try:
        wanted = _wanted(names)
        _tell_terms(wanted)
        columns = ("[progress.description]{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(" ".join(names), total=None)
            came = pulling.pulled(wanted, folder, mirror=mirror, progress=lambda done, size: bar.update(task, completed=done, total=size))
    except VisionError as error:
        raise _failed(error) from error
    for file in came:
        typer.echo(_said("edge.models_came", file=file))
    if not came:
        typer.echo(_said("edge.models_all_here", folder=folder))


@cli.command()
def verify(names: Names = None, folder: Folder = DEFAULT) -> None:
    """Compare the SHA-256 of every model's file with the catalogue's; ends with 1 if one, or the folder, is missing or damaged."""
    try:
        wanted = _wanted(names) if names else tuple(model for model in catalogue.MODELS if (folder / model.file).is_file())
        wrong = [not _verified(model, folder) for model in wanted]
        listed = {folder / model.file for model in catalogue.MODELS}
        for file in sorted(set(folder.rglob("*.onnx")) - listed) if not names else ():
            digest = models.sha256(file)
            known = catalogue.by_sha256(digest)
            key = "edge.models_also" if known else "edge.models_unlisted"
            typer.echo(_said(key, file=file, name=known.name if known else "", sha256=digest))
    except VisionError as error:
        raise _failed(error) from error
    if not wanted:
        typer.echo(_said("edge.models_none", folder=folder))
    raise typer.Exit(service.FAILED if any(wrong) or not folder.is_dir() else 0)


def _row(model: Model, folder: Path) -> list[str]:
    terms = _said("edge.models_research") if model.licence.research_only else model.licence.name
    here = _said("edge.models_yes") if (folder / model.file).is_file() else ""
    return [model.name, _said(f"edge.models_{model.task}"), terms, f"{model.size / 1e6:.1f} MB", here]


def _verified(model: Model, folder: Path) -> bool:
    file = folder / model.file
    whole = pulling.present(model, folder)
    key = "edge.models_whole" if whole else "edge.models_damaged" if file.is_file() else "edge.models_missing"
    typer.echo(_said(key, name=model.name, file=file), err=not whole)
    return whole


def _wanted(names: Sequence[str]) -> tuple[Model, ...]:
    """Return the models of the names; raises ModelError if one is not listed."""
    found: dict[str, Model] = {}
    for name in names:
        listed = catalogue.named(name)
        if not listed:
            known = dict.fromkeys(model.name.partition("/")[0] for model in catalogue.MODELS)
            raise ModelError("unlisted", name=name, known=", ".join(known))
        found |= {model.name: model for model in listed}
    return tuple(found.values())


def _tell_terms(wanted: Sequence[Model]) -> None:
    """Say once for each pack that it may not be used in daily work."""
    spoken = settings.language()
    packs = dict.fromkeys((model.name.partition("/")[0], model.licence.name) for model in wanted if model.licence.research_only)
    for name, licence in packs:
        typer.echo(f"wardroom: {ModelError('research_only', name=name, licence=licence).sentence(spoken)}", err=True)


def _failed(error: VisionError) -> typer.Exit:
    typer.echo(f"wardroom: {error.sentence(settings.language())}", err=True)
    return typer.Exit(service.FAILED)


def _said(key: str, **data: object) -> str:
    return texts.say(key, settings.language(), **data)
