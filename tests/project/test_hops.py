import ast
import re

import pytest

from tests.project import tree

ROW = re.compile(r"\| (?P<hop>\d+) \| `(?P<file>[^`]+\.py)` \| (?P<flow>[^|]+) \|")
PAGE = (tree.ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
HOPS = [(row["file"], row["flow"].strip()) for row in ROW.finditer(PAGE)]


def test_the_hop_table_leads_from_the_sensor_to_the_screen() -> None:
    names = [file for file, _ in HOPS]

    assert names[0] == "edge/sensors.py"
    assert names[-1] == "center/routes/live.py"
    assert len(names) == len(set(names)) >= 11


@pytest.mark.parametrize(("file", "flow"), HOPS)
def test_a_hop_module_begins_with_the_flow_its_row_says(file: str, flow: str) -> None:
    docstring = ast.get_docstring(tree.parsed(tree.ROOT / file)) or ""

    assert docstring.splitlines()[0].startswith(flow)
