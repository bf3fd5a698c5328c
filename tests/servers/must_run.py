"""``WARDROOM_TESTS_MUST_RUN=1`` → a test that is skipped has failed. A skip whose reason begins with "may be skipped" is allowed."""

import os
from collections.abc import Generator
from typing import Final

import pytest

VARIABLE: Final = "WARDROOM_TESTS_MUST_RUN"
ALLOWED: Final = "may be skipped"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where every test must run."""
    report = yield
    expected = hasattr(report, "wasxfail") or ALLOWED in str(report.longrepr)
    if report.skipped and not expected and os.environ.get(VARIABLE) == "1":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} must run here but was skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a whole file's skip (`pytest.importorskip`, a skip at module level) into a failure too."""
    report = yield
    if report.skipped and ALLOWED not in str(report.longrepr) and os.environ.get(VARIABLE) == "1":
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} must run here but was skipped: {report.longrepr}"
    return report
