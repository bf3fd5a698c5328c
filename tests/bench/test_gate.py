from pathlib import Path

from bench import gate
from bench.result import Result
from tests.bench.results import benchmark, result, silent

RATIOS = {"one": {"made up": 1.0}}


def told(results: dict[str, list[Result]], ratios: gate.Ratios = RATIOS, names: tuple[str, ...] = ("one",)) -> list[str]:
    return list(gate.findings(results, ratios, names))


def test_what_is_as_fast_as_committed_or_nearly_passes() -> None:
    assert told({"one": [result(ratio=1.0)]}) == []
    assert told({"one": [result(ratio=0.8)]}) == []


def test_what_is_slower_fails_with_its_ratio_the_committed_one_and_what_to_do() -> None:
    (sentence,) = told({"one": [result(ratio=0.79)]})

    assert sentence.startswith("made up: ratio 0.79 is below 80% of the committed 1;")
    assert 'make bench-quick ARGS="one --accept"' in sentence


def test_a_result_nobody_committed_is_said() -> None:
    (sentence,) = told({"one": [result(), result("new")]})

    assert sentence.startswith("new: ratio 1, and none is committed;")


def test_a_committed_result_that_did_not_come_is_said() -> None:
    (sentence,) = told({"one": []})

    assert sentence.startswith("made up: not measured, and 1 is committed;")


def test_benchmarks_that_were_not_asked_for_are_not_missed() -> None:
    assert told({"one": [result()]}, RATIOS | {"two": {"another": 1.0}}) == []


def test_ratios_without_a_benchmark_are_said() -> None:
    assert list(gate.strangers(RATIOS, ["one"])) == []
    (sentence,) = gate.strangers(RATIOS | {"gone": {"x": 1.0}}, ["one"])
    assert sentence.startswith("gone: ")


async def test_noise_is_measured_again_and_its_best_counts() -> None:
    found = await gate.best({"one": [result(ratio=0.5)]}, {"one": benchmark(0.6, 0.9)}, RATIOS, silent)

    assert [each.ratio for each in found["one"]] == [0.9]
    assert told(found) == []


async def test_a_regression_is_slow_every_time_and_fails() -> None:
    found = await gate.best({"one": [result(ratio=0.5)]}, {"one": benchmark(0.7, 0.6)}, RATIOS, silent)

    assert [each.ratio for each in found["one"]] == [0.7]
    assert len(told(found)) == 1


async def test_what_passes_or_is_unknown_is_not_measured_again() -> None:
    found = await gate.best({"one": [result(ratio=0.9), result("new", 0.1)]}, {"one": benchmark()}, RATIOS, silent)

    assert [each.ratio for each in found["one"]] == [0.9, 0.1]


async def test_a_benchmark_that_fails_the_second_time_keeps_what_it_had() -> None:
    said: list[str] = []
    found = await gate.best({"one": [result(ratio=0.5)]}, {"one": benchmark()}, RATIOS, said.append)

    assert [each.ratio for each in found["one"]] == [0.5]
    assert len(said) == 2 * gate.AGAIN


async def test_the_lowest_of_three_is_what_is_accepted() -> None:
    found = await gate.lowest({"one": [result(ratio=0.9)]}, {"one": benchmark(0.7, 0.8)}, silent)

    assert [each.ratio for each in found["one"]] == [0.7]


def test_accepted_ratios_are_the_committed_ones_and_others_keep_theirs(tmp_path: Path) -> None:
    file = tmp_path / "ratios.json"
    assert gate.committed(file) == {}
    gate.accept({"two": [result("another", 3.0)]}, file)
    gate.accept({"one": [result(ratio=0.123_456)]}, file)
    gate.accept({"one": [result(ratio=0.5)]}, file)

    assert gate.committed(file) == {"one": {"made up": 0.5}, "two": {"another": 3.0}}
