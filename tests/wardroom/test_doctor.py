from pathlib import Path

import pytest

from wardroom import doctor, texts
from wardroom.cli import main
from wardroom.doctor import Machine, examine
from wardroom.embedded.node import Node
from wardroom.errors import EmbeddedError


def no_node() -> Node:
    raise EmbeddedError("embedded.no_node", oldest="20", wheel="x")


def bare(folder: Path) -> Machine:
    return Machine(
        python=(3, 10),
        folder=folder,
        find_mosquitto=lambda _name: None,
        find_node=no_node,
        find_program=lambda _name: None,
        has_package=lambda _name: False,
    )


def full(folder: Path) -> Machine:
    return Machine(
        python=(3, 13),
        folder=folder,
        find_mosquitto=lambda name: Path("/usr/sbin") / name,
        find_node=lambda: Node(Path("/usr/bin/node"), ("npm",)),
        find_program=lambda name: f"/usr/bin/{name}",
        has_package=lambda _name: True,
    )


def test_a_machine_with_everything_is_well(tmp_path: Path) -> None:
    assert all(finding.well for finding in examine(full(tmp_path)))


def test_a_bare_machine_is_told_what_to_do_about_each_part(tmp_path: Path) -> None:
    found = [finding for finding in examine(bare(tmp_path)) if not finding.well]

    assert {finding.key: finding.needed for finding in found} == {
        "cli.doctor_old_python": True,
        "cli.doctor_no_postgresql": True,
        "cli.doctor_no_node": True,
        "cli.doctor_no_mosquitto": False,
        "cli.doctor_no_chromium": False,
    }
    assert all("install" in texts.say(finding.key, "en", **finding.data) for finding in found)


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_DISK", 2**80)
    (finding,) = (finding for finding in examine(full(tmp_path)) if not finding.well)

    assert (finding.key, finding.needed) == ("cli.doctor_no_disk", True)


def test_the_command_says_a_line_for_each_part(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["doctor"])

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert all(line[0] in "✓✗–" for line in lines)
    assert caught.value.code == any(line[0] == "✗" for line in lines)
