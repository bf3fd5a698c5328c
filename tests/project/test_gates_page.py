import re
import textwrap
from pathlib import Path

from edge.camera_options import checked
from edge.eyes_settings import EyesSettings
from edge.settings import load
from tests.edge.test_settings import FILE
from tests.project import tree

PAGE = (tree.ROOT / "docs" / "gates.md").read_text(encoding="utf-8")


def test_the_gateway_of_the_page_is_one_and_has_the_centers_gallery(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    blocks = [textwrap.dedent(block) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]
    file.write_text("\n".join([FILE, *blocks]), encoding="utf-8")
    loaded = load(file, {})
    (camera,) = loaded.camera
    asked = checked(camera.id, "watch_options", camera.watch_options, EyesSettings)

    assert loaded.checkin is not None
    assert (loaded.checkin.screen_port, asked.codes, asked.gallery_must_fit) == (8460, True, False)
    assert (asked.gallery, asked.gallery_key) == (f"{loaded.edge.data}/center.gallery", loaded.checkin.key)
    assert f"http://127.0.0.1:{loaded.checkin.screen_port}/{{gate}}/?token={{screen_token}}" in PAGE


def test_the_files_and_counters_of_the_page_are_those_of_the_program() -> None:
    written = " ".join(
        (tree.ROOT / "edge" / name).read_text(encoding="utf-8") for name in ("center_sync.py", "checkin.py", "checkin_settings.py")
    )
    counted = (tree.ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")

    for name in ("gates.list", "center.gallery", "gates.db"):
        assert f"`{name}`" in PAGE
        assert f'"{name}"' in written
    for name in ("wardroom_evidence_lost_total", "wardroom_gate_decisions_total"):
        assert name in PAGE
        assert name in counted
