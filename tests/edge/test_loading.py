import pytest

from edge.drivers.loading import factory
from edge.drivers.modbus import Modbus
from tests.edge.drivers import Scripted
from tests.edge.factories import sensor
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
    ],
)
def test_a_driver_that_cannot_be_loaded_is_one_sentence(name: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        factory(sensor(driver=name))

    assert words in str(error.value)
    assert "air1" in str(error.value)
