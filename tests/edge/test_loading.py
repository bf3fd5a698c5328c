from pathlib import Path

import pytest

from edge.drivers.loading import factory, made
from edge.drivers.modbus import Modbus
from tests.edge.drivers import Scripted
from tests.edge.factories import sensor
from wardroom.clock import SystemClock
from wardroom.errors import ConfigError


def test_a_driver_is_named_by_a_short_name_or_an_import_string() -> None:
    assert factory(sensor(driver="modbus")) is Modbus
    assert factory(sensor(driver="tests.edge.drivers:Scripted")) is Scripted


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("modbuss", "neither built in (modbus) nor an import string"),
        (":Class", "neither built in"),
        ("tests.edge.drivers:", "neither built in"),
        ("no.such.module:Class", "No module named 'no'"),
        ("tests.edge.drivers:Nobody", "has no attribute 'Nobody'"),
        ("tests.edge.factories:NOW_US", "NOW_US is not a class"),
        ("os:system", "system is not a class"),
        ("..x:Y", "TypeError: the 'package' argument is required to perform a relative import"),
        ("a..b:Y", "No module named 'a'"),
        ("\0:Y", "No module named"),
        ("decimal:Decimal", "Decimal has no open, read, close"),
        ("driver_with_a_typo:Y", "SyntaxError: "),
        ("driver_that_fails:Y", "ZeroDivisionError: division by zero"),
        ("driver_that_ends:Y", "SystemExit: enough"),
    ],
)
def test_a_driver_that_cannot_be_loaded_is_one_sentence(name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, text in (("with_a_typo", "class Y"), ("that_fails", "1 / 0"), ("that_ends", "raise SystemExit('enough')")):
        (tmp_path / f"driver_{module}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError) as error:
        factory(sensor(driver=name))

    assert words in str(error.value)
    assert "air1" in str(error.value)


@pytest.mark.parametrize(
    ("kind", "words"), [("Argumentless", "TypeError: "), ("Failing", "ValueError: no such colour"), ("Ending", "SystemExit: enough")]
)
def test_a_driver_that_cannot_be_set_up_is_one_sentence(kind: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        made(sensor(driver=f"tests.edge.test_loading:{kind}"), SystemClock())

    assert f"sensor 'air1': driver 'tests.edge.test_loading:{kind}' cannot be set up ({words}" in str(error.value)
    assert "\n" not in error.value.sentence("vi")


class Argumentless(Scripted):
    def __init__(self) -> None:
        """Take no sensor."""


class Failing(Scripted):
    def __init__(self, *_: object) -> None:
        raise ValueError("no such colour")


class Ending(Scripted):
    def __init__(self, *_: object) -> None:
        raise SystemExit("enough")
