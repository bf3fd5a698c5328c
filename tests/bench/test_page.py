from pathlib import Path

from bench import machine, page
from bench.runs import Run
from tests.bench.results import result

TEXT = f"# Performance\n\nabove\n\n{page.BEGIN}old\n{page.END}\nbelow\n"


def test_the_committed_page_is_what_the_committed_figures_say() -> None:
    text = page.PAGE.read_text(encoding="utf-8")

    assert page.BEGIN in text
    assert page.written(text, page.kept()) == text, "run: make bench ARGS=--keep"


def test_a_kept_run_replaces_its_own_benchmarks_and_leaves_the_rest(tmp_path: Path) -> None:
    measured, text = tmp_path / "measured.json", tmp_path / "performance.md"
    text.write_text(TEXT)
    here = machine.here()
    page.keep(Run(machine=here, quick=False, results={"one": [result("a", 0.5)], "two": [result("b", 0.25)]}, failed={}), measured, text)
    page.keep(Run(machine=here, quick=False, results={"two": [result("b", 7.5, p99_ms=12.34)]}, failed={"one": "why"}), measured, text)

    written = text.read_text()
    assert written.startswith("# Performance\n\nabove\n")
    assert written.endswith(f"{page.END}\nbelow\n")
    assert "| a | 500 things/s | 1,000 | 0.5 | nothing at all |  | `make bench ARGS=one` |" in written
    assert "| b | 7,500 things/s | 1,000 | 7.5 | nothing at all | p99_ms 12.3 | `make bench ARGS=two` |" in written
    assert "0.25" not in written
    assert "old" not in written
