import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import pytest
import typer

from wardroom import cli, texts
from wardroom.cli import COMMANDS, main, overview

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
RUN = (sys.executable, "-c", "from wardroom.cli import main; main()")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return exit status, standard output and standard error."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM_LANG", "en")
    monkeypatch.delenv("WARDROOM_CONFIG", raising=False)


def test_help_lists_every_command_with_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "--help")

    assert status == 0
    assert all(f"  {name} " in out and texts.say(f"cli.about_{name}", "en") in out for name in COMMANDS)
    assert overview("vi") != overview("en")


def test_nothing_asked_is_help_and_a_usage_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys)[0] == 2


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--version")[1] == "wardroom 0.1.0\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["edgy"], "wardroom: 'edgy' is no command; did you mean 'edge'?\n"),
        (["xyzzy"], f"wardroom: 'xyzzy' is no command; known are {', '.join(COMMANDS)}\n"),
        (["edge"], "wardroom: --config is missing; see 'wardroom edge --help'\n"),
        (["edge", "--confg", "x"], "wardroom: there is no option --confg; see 'wardroom edge --help'\n"),
        (["edge", "--config"], "wardroom: --config: Option '--config' requires an argument; see 'wardroom edge --help'\n"),
        (["doctor", "x"], "wardroom: No such command 'x'; see 'wardroom doctor --help'\n"),
    ],
)
def test_a_bad_command_line_is_one_sentence_and_status_2(capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str) -> None:
    assert said(capsys, *arguments) == (2, "", sentence)


def test_a_bad_settings_file_is_one_sentence_and_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "edge.toml"
    file.write_text("[broker]\nport = 'abc'\n", encoding="utf-8")
    status, out, err = said(capsys, "edge", "--config", str(file))

    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "broker.port: 'abc' is not a whole number from 1 to 65535" in err


def test_the_sentence_is_vietnamese_by_default(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARDROOM_LANG")

    assert said(capsys, "edgy")[2] == "wardroom: không có lệnh 'edgy'; có phải ý bạn là 'edge'?\n"


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WARDROOM_LANG": "en", "PYTHONPATH": str(ROOT)}
    return subprocess.run([*RUN, *arguments], capture_output=True, text=True, check=False, timeout=60, env=environment)


@pytest.mark.parametrize("arguments", [["nonsense"], ["edge", "--config", "/nowhere"], ["center", "--bad"], ["db"], ["simulate", "verify"]])
def test_no_bad_command_line_ends_in_a_traceback(arguments: list[str]) -> None:
    done = process(*arguments)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


HEAVY = """
import sys
from contextlib import suppress
from wardroom.cli import main
with suppress(SystemExit):
    main(sys.argv[1:])
print(sorted({"fastapi", "starlette", "psycopg", "psycopg_pool", "uvicorn", "cv2"} & sys.modules.keys()))
"""


@pytest.mark.parametrize("arguments", [["--help"], ["edge", "--help"], ["doctor"]])
def test_a_light_command_loads_no_web_framework_and_no_database_driver(arguments: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", HEAVY, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment)

    assert done.stdout.splitlines()[-1] == "[]"


def test_importing_the_front_door_loads_no_service() -> None:
    code = "import sys, wardroom.cli; print([n for n in sys.modules if n.partition('.')[0] in ('edge','ingest','center','simulators')])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, env=environment)

    assert done.stdout == "[]\n"


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """A command of the test's own: ``toy``."""
    app = typer.Typer(add_completion=False, no_args_is_help=True)

    @app.command()
    def count(number: Annotated[int, typer.Argument()], word: Annotated[str, typer.Option()] = "") -> int:
        if word == "stop":
            raise typer.Abort
        if word == "odd":
            raise typer.Exit(3)
        return number

    @app.command()
    def other() -> None:
        """Do nothing."""

    monkeypatch.setitem(sys.modules, "toy_for_a_test", SimpleNamespace(cli=app))
    monkeypatch.setitem(cli.COMMANDS, "toy", "toy_for_a_test:cli")
    return app


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["count", "7"], 7, ""),
        (["other"], 0, ""),
        (["count", "7", "--word", "odd"], 3, ""),
        (["count", "7", "--word", "stop"], 130, ""),
        (
            ["count", "x"],
            2,
            "wardroom: number: Input should be a valid integer, unable to parse string as an integer; see 'wardroom toy --help'\n",
        ),
        (["count"], 2, "wardroom: number is missing; see 'wardroom toy --help'\n"),
    ],
)
def test_a_commands_result_is_the_exit_status(capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, sentence: str) -> None:
    assert said(capsys, "toy", *arguments) == (status, "", sentence)


@pytest.mark.usefixtures("toy")
def test_a_group_without_a_command_says_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, "toy")

    assert status == 2
    assert "count" in out + err
    assert "wardroom:" not in err


def test_ctrl_c_while_a_command_is_still_imported_is_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "interrupted_for_a_test.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(cli.COMMANDS, "toy", "interrupted_for_a_test:cli")

    assert said(capsys, "toy") == (130, "", "")


class Verbose(typer.TyperException):
    """An error whose message is a whole help text."""


def test_a_help_text_as_an_error_is_said_as_it_is(capsys: pytest.CaptureFixture[str], toy: typer.Typer) -> None:
    @toy.command()
    def explain() -> None:
        raise Verbose("Usage:\n  toy count")

    assert said(capsys, "toy", "explain") == (1, "Usage:\n  toy count\n", "")


def test_a_service_whose_package_is_not_installed_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cli.COMMANDS, "center", "package_that_is_not_there.main:cli")

    assert said(capsys, "center") == (
        2,
        "",
        "wardroom: 'center' needs the package package_that_is_not_there, which is not installed; run: pip install 'wardroom[center]'\n",
    )
