from center.directory import Directory, key
from tests.center.factories import series


def test_series_beyond_the_limit_are_dropped_and_those_known_go_on() -> None:
    directory = Directory(series_limit=2)

    shown = directory.add([series(number) for number in range(1, 5)])
    again = directory.add([series(2, unit="K"), series(3)])

    assert [one.id for one in shown] == [1, 2]
    assert [(one.id, one.unit) for one in again] == [(2, "K")]
    assert directory.find(key(series(3))) is None
    assert directory.find(key(series(2))) == series(2, unit="K")
