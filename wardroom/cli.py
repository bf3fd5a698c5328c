"""command line → one service's Typer app, loaded only when it is called: `wardroom edge` imports neither FastAPI nor psycopg."""

import atexit
import importlib
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Final

import typer
import typer.main

from wardroom import __version__, service, settings, texts
from wardroom.ending import Ending
from wardroom.errors import ConfigError, WardroomError

COMMANDS: Final = {
    "demo": "simulators.demo_cli:cli",
    "center": "center.main:cli",
    "ingest": "ingest.main:cli",
    "edge": "edge.main:cli",
    "simulate": "simulators.main:cli",
    "db": "ingest.database_cli:cli",
    "access": "center.access_cli:cli",
    "models": "edge.models_cli:cli",
    "vision": "edge.vision_cli:cli",
    "docs": "wardroom.documents.cli:cli",
    "doctor": "wardroom.doctor:cli",
}
_EXTRAS: Final = {
    "center": "center",
    "access": "center",
    "ingest": "ingest",
    "db": "ingest",
    "edge": "edge",
    "models": "vision",
    "vision": "vision",
}
_SENTENCES: Final = {
    "NoSuchOption": "cli.unknown_option",
    "BadOptionUsage": "cli.bad_option",
    "MissingParameter": "cli.missing_option",
    "BadParameter": "cli.bad_value",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends with SystemExit. Without `arguments` the process is ours, and ends whatever its threads hang in."""
    ending = Ending()
    if arguments is None:
        atexit.register(ending.come)
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = _run(given)
    except WardroomError as error:
        status = service.report(error)
    except (typer.Abort, KeyboardInterrupt):  # Ctrl-C while a command is still being imported
        status = 130
    except typer.TyperException as error:
        status = _usage(error, " ".join(["wardroom", *given[:1]]))
    ending.status = status
    raise SystemExit(status)


def _run(given: list[str]) -> int:
    spoken = settings.language()
    name = given[0] if given else "--help"
    if name in {"--help", "-h", "help"}:
        typer.echo(overview(spoken))
        return 0 if given else service.MISCONFIGURED
    if name in {"--version", "-V"}:
        typer.echo(f"wardroom {__version__}")
        return 0
    if name not in COMMANDS:
        near = get_close_matches(name, COMMANDS, n=1)
        raise ConfigError("cli.did_you_mean" if near else "cli.unknown_command", value=name, near="".join(near), known=", ".join(COMMANDS))
    result: object = load(name).main(given[1:], prog_name=f"wardroom {name}", standalone_mode=False)
    return result if isinstance(result, int) else 0


def overview(language: str) -> str:
    """Return what `wardroom --help` says."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {texts.say(f'cli.about_{name}', language)}" for name in COMMANDS]
    return "\n".join([texts.say("cli.about", language), "", *lines, "", texts.say("cli.more", language)])


def load(name: str) -> Any:
    """Return the command of `name`, importing its service; raises ConfigError if a package it needs is not installed."""
    module, _, attribute = COMMANDS[name].partition(":")
    try:
        app = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise ConfigError("cli.not_installed", value=name, package=error.name, extra=_EXTRAS.get(name, "demo")) from error
    return typer.main.get_command(app)


def _usage(error: typer.TyperException, command: str) -> int:
    """Say what is wrong with an option in one sentence; a message of several lines is a help text."""
    message = error.format_message()
    if "\n" in message:
        typer.echo(message)
    elif message:
        option = getattr(error, "option_name", None) or _hint(error)
        key = _SENTENCES.get(type(error).__name__, "cli.bad_usage")
        detail = error.message if key == "cli.bad_value" else message  # the full message names the option once more
        sentence = texts.say(key, settings.language(), option=option, detail=detail.rstrip("."), command=command)
        typer.echo(f"wardroom: {sentence}", err=True)
    return error.exit_code


def _hint(error: typer.TyperException) -> str:
    """Return the name of the option or argument an error is about."""
    names: Sequence[str] = getattr(getattr(error, "param", None), "opts", ())
    return max(names, key=len, default="")
