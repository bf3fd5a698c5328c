"""A gateway whose settings name the center's gallery, and what it says where that cannot be."""

from pathlib import Path

import pytest

from edge.settings import load
from tests.edge.test_settings import FILE
from wardroom.errors import ConfigError

CAMERA = """
[[camera]]
id = "gate"
name = { vi = "Cổng", en = "Gate" }
source = "rtsp"
url = "rtsp://127.0.0.1/x"
watch = "eyes"
watch_options = { gallery = "center" }
"""


def test_the_centers_gallery_without_a_center_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(FILE + CAMERA, encoding="utf-8")

    with pytest.raises(ConfigError, match=r"\[checkin\]"):
        load(file, {})


@pytest.mark.parametrize(
    ("line", "words"), [('center = "http://center.example"', "unencrypted"), ("evry_s = 3", "evry_s"), ("every_s = 0", "every_s")]
)
def test_what_is_wrong_in_the_section_is_one_sentence_and_no_token(tmp_path: Path, line: str, words: str) -> None:
    section = {"center": 'center = "https://center.example"', "token": 'token = "hunter2"', "key": 'key = "gate.key"'}
    section[line.partition(" ")[0]] = line
    file = tmp_path / "gateway.toml"
    file.write_text("\n".join([FILE, "[checkin]", *section.values()]), encoding="utf-8")

    with pytest.raises(ConfigError, match=words) as refused:
        load(file, {})
    assert "hunter2" not in str(refused.value)
