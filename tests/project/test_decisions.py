import re
from pathlib import Path

import pytest

from tests.project import tree

DECISIONS = sorted((tree.ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("file", DECISIONS, ids=lambda file: file.stem)
def test_a_decision_says_context_choice_and_consequences_in_a_few_lines(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert re.match(rf"# {int(file.stem.split('-')[0])}\. \S", text)
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Context", "Choice", "Consequences"]
    assert len([line for line in text.splitlines() if line]) <= 14


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(file.stem.split("-")[0]) for file in DECISIONS] == list(range(1, len(DECISIONS) + 1))
