from pathlib import Path

from simulators.space import Space


def test_a_disk_that_fills_and_empties_is_said_once_each(tmp_path: Path) -> None:
    said: list[str] = []

    def announce(key: str, /, **data: object) -> None:
        assert data == {"folder": tmp_path.resolve()}
        said.append(key)

    Space([tmp_path], announce, least_bytes=1).look()
    assert said == []

    space = Space([tmp_path, tmp_path / "missing", tmp_path], announce, least_bytes=2**80)
    space.look()
    space.look()
    assert said == ["simulators.disk_full"]

    space._least_bytes = 1
    space.look()
    space.look()
    assert said == ["simulators.disk_full", "simulators.disk_again"]
