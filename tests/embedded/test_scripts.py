"""What `make` does only once: keyed by content, so that nothing stale is ever run."""

from pathlib import Path

from scripts import environment, tests, web


def test_the_front_end_is_built_again_when_a_source_changes_and_only_then(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    source = tmp_path / "src" / "a.ts"
    source.write_text("1", encoding="ascii")
    first = web.fingerprint(tmp_path)
    for made in web.MADE:
        (tmp_path / made).mkdir()
        (tmp_path / made / "file").write_text("made", encoding="ascii")
    assert web.fingerprint(tmp_path) == first
    source.write_text("2", encoding="ascii")
    second = web.fingerprint(tmp_path)
    source.rename(tmp_path / "src" / "b.ts")
    assert len({first, second, web.fingerprint(tmp_path)}) == 3


def test_the_environments_kinds_are_kept_apart() -> None:
    assert environment.fingerprint("demo") != environment.fingerprint("dev")
    assert environment.fingerprint("dev") == environment.fingerprint("dev")


def test_every_requirement_is_locked_by_hash() -> None:
    for file in (environment.ROOT / "requirements").glob("*.txt"):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if line and not line.startswith(" ") and "==" not in line] == [], file.name
        assert any("--hash=sha256:" in line for line in lines), file.name


def test_no_lock_file_names_a_registry() -> None:
    locks = [*(environment.ROOT / "requirements").glob("*.txt"), environment.ROOT / "wardroom" / "embedded" / "aedes" / "package-lock.json"]
    assert [file.name for file in locks if "://" in file.read_text(encoding="utf-8")] == []
    assert '"resolved"' not in (web.WEB / "package-lock.json").read_text(encoding="utf-8")


def test_tests_that_start_nothing_run_side_by_side_and_the_others_after_them() -> None:
    first, second = tests.runs(["-k", "outbox"])
    assert first == ["-n", "logical", "-m", f"not ({tests.ALONE})", "-k", "outbox"]
    assert second == ["-m", tests.ALONE, "-k", "outbox"]


def test_whoever_chooses_marks_or_workers_has_one_run() -> None:
    for chosen in (["-m", "servers"], ["tests/vision", "-n0"]):
        assert tests.runs(chosen) == [chosen]
    assert len(tests.runs(["--maxfail=1", "--no-header"])) == 2


def test_a_run_that_finds_nothing_counts_only_where_none_finds_anything() -> None:
    assert [tests.worst(each) for each in ((0, 0), (5, 0), (0, 1), (1, 0), (5, 5), (2, 1))] == [0, 0, 1, 1, 5, 2]
