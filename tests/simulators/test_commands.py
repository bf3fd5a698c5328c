import re
from pathlib import Path

import pytest

from simulators.configs import Passwords, Ports, ingest
from wardroom.cli import main

PORTS = Ports(database=1, broker=1, ingest=1, wall=1)
PASSWORDS = Passwords(**dict.fromkeys(Passwords.__dataclass_fields__, "x"))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """ingest's settings for a database that is not there."""
    file = tmp_path / "ingest.toml"
    file.write_text(ingest(PORTS, PASSWORDS), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("demo", "--report", "r.json"), r"--report needs --for"),
        (("demo", "--for", "soon"), r"--for"),
        (("demo", "--port", "70000"), r"--port"),
        (("simulate", "verify", "--config", "CONFIG", "--ledger", "FOLDER"), r"has no ledger; name the fleet's folder"),
        (("simulate", "verify", "--config", "FOLDER/no.toml", "--ledger", "FOLDER"), r"no\.toml"),
        (("simulate", "fleet", "--gateways", "FOLDER/none", "--ledger", "FOLDER"), r"none has no gateway's TOML file"),
        (
            ("simulate", "probe", "--url", "ws://127.0.0.1:1/ws", "--token-file", "FOLDER/t", "--ledger", "FOLDER", "--status", "s"),
            r"FOLDER/t",
        ),
        (("simulate", "delegates", "--to", "FOLDER/list.docx"), r"FOLDER/list\.docx: a list is written as \.xlsx or \.csv"),
        (("simulate", "delegates", "--to", "FOLDER/none/list.csv"), r"none/list\.csv"),
        (("simulate", "load", "--rate", "0"), r"--rate"),
        (("simulate", "load", "--rate", "10", "--pack", "65"), r"--pack"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    config: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WARDROOM_LANG", "en")
    given = [word.replace("CONFIG", str(config)).replace("FOLDER", str(tmp_path)) for word in arguments]

    with pytest.raises(SystemExit) as ended:
        main(given)
    said = capsys.readouterr().err

    assert ended.value.code in (1, 2)
    assert re.search(sentence.replace("FOLDER", re.escape(str(tmp_path))), said)
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["list.xlsx", "list.CSV"])
def test_a_list_of_delegates_is_written(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["simulate", "delegates", "--to", str(tmp_path / name), "--count", "12"])

    assert ended.value.code == 0
    assert "12" in capsys.readouterr().out
    assert (tmp_path / name).stat().st_size > 500
