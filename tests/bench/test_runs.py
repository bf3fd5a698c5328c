import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from bench import gate, machine, runs
from bench.result import Lacking, Result
from bench.runs import Run
from tests.bench.results import benchmark, silent

BENCH = Path(runs.__file__).parent


async def broken(*, quick: bool) -> list[Result]:
    raise RuntimeError(f"no {quick}")


async def test_one_that_fails_is_named_with_its_reason_and_the_others_run() -> None:
    said: list[str] = []
    run = await runs.measured({"bad": broken, "good": benchmark(2.0)}, quick=True, machine=machine.here(), say=said.append)

    assert run.failed == {"bad": "RuntimeError: no True"}
    assert [each.ratio for each in run.results["good"]] == [2.0]
    assert any("Traceback" in line for line in said)


async def lacking(*, quick: bool) -> list[Result]:
    raise Lacking(f"no models, {quick}")


async def test_one_that_lacks_something_is_told_and_has_not_failed() -> None:
    said: list[str] = []
    run = await runs.measured({"eyes": lacking, "good": benchmark(2.0)}, quick=True, machine=machine.here(), say=said.append)

    assert run.lacking == {"eyes": "no models, True"}
    assert not run.failed
    assert "eyes: not measured, no models, True" in said
    assert list(run.results) == ["good"]


def test_a_run_is_one_file_and_the_latest(tmp_path: Path) -> None:
    run = Run(machine=machine.here(), quick=False, results={}, failed={"bad": "why"})
    file = runs.kept(run, tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [file.name, "latest.json"]
    assert all(msgspec.json.decode(path.read_bytes(), type=Run) == run for path in tmp_path.iterdir())


def test_the_machine_says_what_figures_depend_on() -> None:
    here = machine.here()

    assert here.cores >= 1
    assert here.cpu
    assert {"msgspec", "paho-mqtt"} <= here.versions.keys()
    assert here.commit.rstrip("+").isalnum()


def test_every_benchmark_is_found_and_has_committed_ratios() -> None:
    assert {"decode", "ingest", "outbox"} <= set(runs.found())
    assert not set(runs.found()) - gate.committed().keys(), "run: make bench-quick ARGS=--accept"
    assert list(gate.strangers(gate.committed(), runs.found())) == []


async def test_a_benchmark_that_cannot_be_imported_is_one_that_fails() -> None:
    run = await runs.measured(runs.named(["no_such_module"]), quick=True, machine=machine.here(), say=silent)

    assert "no_such_module" in run.failed["no_such_module"]


@pytest.mark.parametrize("words", [["nonsense"], ["--accept"], ["--quick", "--keep"]])
@pytest.mark.processes
def test_a_wrong_command_is_exit_status_2(words: list[str]) -> None:
    assert ended(*words) == 2


@pytest.mark.processes
def test_a_quick_benchmark_runs_from_the_command_line_to_the_verdict() -> None:
    assert ended("--quick", "decode") in {0, 1}


def ended(*words: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "bench", *words], cwd=BENCH.parent, capture_output=True, check=False, timeout=100
    ).returncode
