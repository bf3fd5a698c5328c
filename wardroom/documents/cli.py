"""`wardroom docs`: write the generated documents, or check that they are up to date."""

from pathlib import Path
from typing import Annotated

import typer

from wardroom import settings, texts
from wardroom.documents import generated

cli = typer.Typer(add_completion=False)

_LANGUAGE = settings.language()
_HELP = texts.say("documents.help", _LANGUAGE)


@cli.command(help=_HELP)
def docs(
    *,
    check: Annotated[bool, typer.Option("--check", help=texts.say("documents.check_help", _LANGUAGE))] = False,
    root: Annotated[Path, typer.Option(help=texts.say("documents.root_help", _LANGUAGE))] = Path(),
) -> None:
    names = generated.stale(root) if check else generated.write(root)
    key = "documents.stale" if check else "documents.written"
    for name in names:
        typer.echo(texts.say(key, _LANGUAGE, file=name))
    if not names:
        typer.echo(texts.say("documents.current", _LANGUAGE))
    raise typer.Exit(1 if check and names else 0)
