import json
from pathlib import Path

import pytest

from simulators import report
from simulators.report import Process, reported
from simulators.status import ProbeStatus
from simulators.verify import Finding, Outcome

PROCESSES = {name: Process(restarts=0, peak_rss_mb=1.5) for name in ("edge", "broker", "ingest", "center", "database")}


def test_the_report_has_exactly_the_promised_keys(tmp_path: Path) -> None:
    outcome = Outcome(generated=10, committed=10, dead_lettered=3, in_doubt=1)
    report.write(reported(outcome, ProbeStatus(p50_ms=2.5, p99_ms=7.0), PROCESSES), tmp_path / "new" / "report.json")

    assert json.loads((tmp_path / "new" / "report.json").read_text(encoding="utf-8")) == {
        "readings": {"generated": 10, "committed": 10, "missing": 0, "duplicated": 0, "dead_lettered": 3},
        "latency_ms": {"p50": 2.5, "p99": 7.0},
        "processes": {name: {"restarts": 0, "peak_rss_mb": 1.5} for name in PROCESSES},
        "attendance": None,
    }


@pytest.mark.parametrize(
    ("outcome", "missing", "duplicated"),
    [
        (Outcome(generated=10, committed=10), 0, 0),
        (Outcome(generated=10, committed=9, missing=1), 1, 0),
        (Outcome(generated=10, committed=10, duplicated=2), 0, 2),
        (Outcome(generated=10, committed=9, altered=1), 1, 1),  # what was measured is not there, and what is there was not measured
    ],
)
def test_anything_missing_or_unknown_makes_the_report_wrong(outcome: Outcome, missing: int, duplicated: int) -> None:
    made = reported(outcome, None, PROCESSES)

    assert (made.readings.missing, made.readings.duplicated) == (missing, duplicated)
    assert made.right == outcome.right == (not missing and not duplicated)


@pytest.mark.parametrize(("language", "words"), [("vi", "SAI: ghi sổ 10 số đo"), ("en", "WRONG: 10 readings recorded")])
def test_the_comparison_is_told_with_examples(language: str, words: str) -> None:
    outcome = Outcome(generated=10, committed=9, missing=1, examples=[Finding("a/b/c/d", 5, 1.5, None)])
    told = report.told(outcome, language)

    assert told.startswith(words)
    assert "a/b/c/d" in told
    assert "1.5" in told
