import ast
import re
from functools import cache

import pytest

from tests.project import tree
from wardroom.documents import metrics_page

PAGE = (tree.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
LEVELS = {"debug", "info", "warning", "error", "exception"}


@cache
def logged() -> set[str]:
    """Return every event the services log."""
    nodes = (node for path in tree.sources() for node in ast.walk(tree.parsed(path)) if isinstance(node, ast.Call))
    return {
        str(node.args[0].value)
        for node in nodes
        if isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS and node.args and isinstance(node.args[0], ast.Constant)
    }


@cache
def declared() -> str:
    """Return the page of every metric."""
    return metrics_page.document()


EVENTS = re.findall(r"^\| `([^`]+)` \| (?:all|edge|ingest|center) \|", PAGE, re.MULTILINE)
ARCHITECTURE = (tree.ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
METRICS = sorted(set(re.findall(r"`(wardroom_[a-z_]+)`", PAGE + ARCHITECTURE)) - {"wardroom_owner", "wardroom_ingest", "wardroom_center"})


def test_the_page_explains_events_and_metrics() -> None:
    assert len(EVENTS) > 5
    assert len(METRICS) > 5


@pytest.mark.parametrize("event", EVENTS)
def test_a_log_event_of_the_page_is_logged_by_the_code(event: str) -> None:
    assert event in logged()


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_of_a_page_is_declared_by_the_code(metric: str) -> None:
    assert f"`{metric}`" in declared()
