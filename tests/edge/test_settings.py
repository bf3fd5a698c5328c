from pathlib import Path
from typing import Any

import pytest

from edge.settings import load
from wardroom.errors import ConfigError

FILE = """
[broker]
username = "vp-ubnd.gw-1"
password = "a password"
[edge]
site = "vp-ubnd"
gateway = "gw-1"
data = "/var/lib/wardroom/edge"
name = { vi = "Cổng 1", en = "Gateway 1" }
site_description = { kind = "office", name = { vi = "Trụ sở", en = "Office" } }
[[sensor]]
id = "air1"
name = { vi = "Không khí sảnh", en = "Lobby air" }
driver = "modbus"
period_s = 5.0
report = { at_least_s = 60.0, change = 0.0 }
quantities = [ { id = "temperature", unit = "Cel", options = { register = 0, kind = "input", type = "int16", scale = 0.1 } } ]
options = { host = "127.0.0.1", port = 5020, unit = 1 }
"""
SECOND = FILE[FILE.index("[[sensor]]") :]


def written(folder: Path, text: str) -> Path:
    file = folder / "gateway.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_documented_file_is_read(tmp_path: Path) -> None:
    settings = load(written(tmp_path, FILE), {})

    assert settings.edge.heartbeat_s == 10.0
    assert settings.sensor[0].quantities[0].options["register"] == 0
    assert settings.sensor[0].report.at_least_s == 60.0
    assert "a password" not in repr(settings)


def test_a_gateway_without_sensors_is_one(tmp_path: Path) -> None:
    assert load(written(tmp_path, FILE[: FILE.index("[[sensor]]")]), {}).sensor == ()


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    assert load(written(tmp_path, FILE), {"WARDROOM__EDGE__HEARTBEAT_S": "2.5"}).edge.heartbeat_s == 2.5


WRONG: list[tuple[str, str, list[str]]] = [
    # (what is replaced, by what, words of the sentence)
    ('gateway = "gw-1"', 'gateway = "center"', ["edge.gateway", "center"]),
    ('gateway = "gw-1"', 'gateway = "cổng 1"', ["edge.gateway", "cổng 1"]),
    ("period_s = 5.0", "period_s = 0", ["sensor[0].period_s", "0"]),
    ("period_s = 5.0", 'period_s = "5"', ["sensor[0].period_s", "5"]),
    ("period_s = 5.0", "perod_s = 5.0", ["perod_s"]),
    ('unit = "Cel"', 'unit = "°C"', ["air1", "temperature", "°C"]),
    ('kind = "office"', 'kind = "castle"', ["castle", "office"]),
    ('id = "air1"', 'id = "air 1"', ["sensor[0].id", "air 1"]),
    ("[[sensor]]", SECOND + "[[sensor]]", ["air1", "twice"]),
    ("quantities = [", 'quantities = [ { id = "temperature", unit = "Cel" },', ["air1", "temperature", "twice"]),
    ('data = "/var', 'data = "\\u0000/var', ["edge.data", "NUL"]),
    ("[[sensor]]", "outbox_bytes = 17592186044417\n[[sensor]]", ["edge.outbox_bytes", "17592186044416"]),
    ('vi = "Cổng 1"', 'vi = "Cổng\\u202e 1"', ["edge.name.vi", r"Cổng\u202e 1", "(1…200);"]),
    ("quantities = [ {", "quantities = [] # {", ["quantities"]),
]


@pytest.mark.parametrize(("what", "by", "words"), WRONG)
def test_what_is_wrong_is_one_sentence_that_names_it(tmp_path: Path, what: str, by: str, words: list[Any]) -> None:
    with pytest.raises(ConfigError) as error:
        load(written(tmp_path, FILE.replace(what, by, 1)), {})

    assert [word for word in words if word not in str(error.value)] == []
    assert error.value.sentence("vi") != error.value.sentence("en")
