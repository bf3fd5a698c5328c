from pathlib import Path

import msgspec
import pytest

from simulators.scenes import script
from simulators.scenes.script import Arrival, Level, PathName, SceneScript
from wardroom.errors import ConfigError

TOML = """
seconds = 20.0
enrolled = ["lan"]

[[arrivals]]
person = "lan"
at_s = 1.0
path = "cross_left"
badge = "WR1:7"

[[arrivals]]
person = "minh"
at_s = 2.0
path = [[0.0, 8.0], [0.5, 2.0]]

[[light]]
from_s = 10.0
level = "dim"

[[defocus]]
from_s = 3.0
to_s = 4.0
"""


def written(folder: Path, text: str, name: str = "scene.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_script_is_read_from_toml_and_from_json_alike(tmp_path: Path) -> None:
    read = script.read(written(tmp_path, TOML))
    again = script.read(written(tmp_path, msgspec.json.encode(read).decode(), "scene.json"))

    assert read == again
    assert read.arrivals[0] == Arrival(person="lan", at_s=1.0, path=PathName.CROSS_LEFT, badge="WR1:7")
    assert read.arrivals[1].path == ((0.0, 8.0), (0.5, 2.0))


def test_light_and_focus_hold_from_one_change_to_the_next(tmp_path: Path) -> None:
    read = script.read(written(tmp_path, TOML))

    assert [read.level(at) for at in (0.0, 9.9, 10.0)] == [Level.NORMAL, Level.NORMAL, Level.DIM]
    assert [read.sigma(at) for at in (2.9, 3.0, 4.0)] == [0.0, 2.5, 0.0]
    assert read.frames == 240


def test_plain_tables_make_the_same_script_again() -> None:
    made = SceneScript(seconds=3, arrivals=(Arrival(person="a", at_s=0, path=PathName.AWAY),))

    assert msgspec.convert(script.plain(made), SceneScript) == made


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("seconds = ", "cannot be read as a scene"),
        ("seed = 1", "seconds is missing"),
        ('seconds = "long"', "seconds: 'long'"),
        ("seconds = 5.0\nspeed = 1", "speed"),
        ('seconds = 5.0\n[[arrivals]]\nperson = "a"\nat_s = 0.0\npath = "roof"', "path"),
        ('seconds = 5.0\n[[arrivals]]\nperson = "a"\nat_s = 0.0\nspeed_mps = 9.0', "speed_mps"),
        ('seconds = 5.0\n[[light]]\nfrom_s = 0.0\nlevel = "gloom"', "gloom"),
    ],
)
def test_a_mistake_in_a_script_is_one_sentence_with_the_field(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        script.read(written(tmp_path, text))

    said = str(refused.value)
    assert sentence in said
    assert "\n" not in said


def test_a_script_that_is_not_there_or_no_table_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="none"):
        script.read(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read as a scene"):
        script.read(written(tmp_path, "[]", "list.json"))
    with pytest.raises(ConfigError):
        script.read(tmp_path)
