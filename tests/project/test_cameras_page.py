import re
from pathlib import Path

from edge.camera_options import checked
from edge.eyes_settings import EyesSettings
from edge.settings import load
from tests.edge.test_settings import FILE
from tests.project import tree

PAGE = (tree.ROOT / "docs" / "cameras.md").read_text(encoding="utf-8")


def test_the_cameras_of_the_page_are_cameras(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text("\n".join([FILE, *re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]), encoding="utf-8")
    gate, lobby = load(file, {}).camera
    asked = checked(lobby.id, "watch_options", lobby.watch_options, EyesSettings)

    assert (gate.watch, lobby.watch) == (None, "eyes")
    assert (asked.profile, asked.labels, [zone.name for zone in asked.zones]) == ("check_in", ("person",), ["desk"])
    assert f"--key {asked.gallery_key} --models {asked.models}" in PAGE
