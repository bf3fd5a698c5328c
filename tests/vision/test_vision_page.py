import re
from itertools import count
from pathlib import Path

import pytest

from tests.project import tree
from tests.vision.pictures import synthetic
from tests.vision.test_objects import DATA
from vision.frames import Frame
from vision.zones import Entered

PAGE = (tree.ROOT / "docs" / "vision.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_of_objects_tracks_and_zones_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "yolo26n.onnx").write_bytes((DATA / "raw.onnx").read_bytes())
    numbers = count(1)
    known: dict[str, object] = {
        "frames": [Frame(synthetic(), 0, number / 10, number) for number in range(5)],
        "new_id": lambda: f"visit-{next(numbers)}",
    }

    exec(next(code for code in EXAMPLES if "opened_detector" in code), known)  # noqa: S102 - the page's own example

    assert any(isinstance(fact, Entered) for fact in known["facts"])  # type: ignore[attr-defined]
    assert len(known["tracked"].tracks) > 3  # type: ignore[attr-defined]
