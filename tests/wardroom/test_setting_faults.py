"""What a bad setting is said to be: one sentence, one line, no secret in it."""

from pathlib import Path

import pytest

from tests.wardroom.test_settings import GOOD, Settings
from wardroom.errors import ConfigError
from wardroom.settings import load

ENTRY = "\n[[sensor]]\nid = 'a'\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "wardroom.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "port = 'abc'",
            "center.port: 'abc' is not a whole number from 1 to 65535; set it in FILE under [center] or as WARDROOM__CENTER__PORT",
        ),
        ("port = 70000", "center.port: '70000' is not a whole number from 1 to 65535"),
        ("port = true", "center.port: 'True' is not a whole number from 1 to 65535"),
        ("ratio = 2.0", "center.ratio: '2.0' is not a number from 0 to 1; set it in FILE under [center] or as WARDROOM__CENTER__RATIO"),
        ("count = 0", "center.count: '0' is not a whole number ≥ 1;"),
        ("free = 'x'", "center.free: 'x' is not a whole number;"),
        ("wide = 'x'", "center.wide: 'x' is not a number;"),
        ("fast = 'yes'", "center.fast: 'yes' is neither true nor false;"),
        ("colour = 'green'", "center.colour: 'green' is none of red, blue;"),
        ("mode = 'c'", "center.mode: 'c' is none of a, b;"),
        ("label = 'long'", "center.label: 'long' is no text in quotes (1…3);"),
        ("label = 5", "center.label: '5' is no text in quotes (1…3);"),
        ("code = 'A'", "center.code: 'A' is no text in quotes ^[a-z]+$;"),
        ("names = [1]", "center.names[0]: '1' is no text in quotes; set it in FILE under [[center]]"),
        ("names = 'x'", "center.names: 'x' does not fit (Expected `array`, got `str`);"),
        ("options = {a = 'x'}", "center.options[...]: 'None' is not a whole number;"),
        ("name = {}", "center.name.vi is missing; set it in FILE under [center.name] or as WARDROOM__CENTER__NAME__VI"),
        ("name = {vi = 'x', depth = 9}", "center.name.depth: '9' is not a number > 0, < 5;"),
        ("name = {vi = 'x', en = 'y'}", "center.name.en is no setting; known in [center.name] are depth, vi; correct or remove it in FILE"),
        ("name = 5", "center.name: '5' does not fit"),
        ("pair = [1, 2, 3]", "center.pair: '[1, 2, 3]' does not fit"),
        ("pair = [1, 'x']", "center.pair[1]: 'x' does not fit"),
        ("token = ''", "center.token: a non-empty text in quotes is needed; set it in FILE under [center] or as WARDROOM__CENTER__TOKEN"),
        ("prot = 1", "center.prot is no setting; known in [center] are code, colour, count,"),
        (ENTRY + "period_s = 0", "sensor[0].period_s: '0' is not a number > 0; set it in FILE under [[sensor]]"),
        (ENTRY + "fast = 1", "sensor[0].fast: '1' is neither true nor false; set it in FILE under [[sensor]]"),
        (ENTRY + "colour = 1", "sensor[0].colour: '1' is none of red, blue; set it in FILE under [[sensor]]"),
        (ENTRY + "token = 1", "sensor[0].token: a non-empty text in quotes is needed; set it in FILE under [[sensor]]"),
        (ENTRY + "port = 0", "sensor[0].port: '0' is not a whole number from 1 to 65535; set it in FILE under [[sensor]]"),
        (ENTRY + "pair = 0", "sensor[0].pair: '0' does not fit (Expected `array`, got `int`); set it in FILE under [[sensor]]"),
        (ENTRY + "[[sensor]]\nfast = true", "sensor[1].id is missing; set it in FILE under [[sensor]]"),
        ("[broken]\nx = 1", "FILE: nobody knows the section [broken]; known are broker, camera, center,"),
        ("[log]\nlevel = 'loud'", "log.level: 'loud' is none of debug, error, info, warning;"),
        ("x = ", "FILE is not valid TOML: Invalid value (at line 8, column 5); correct that place"),
    ],
)
def test_a_bad_setting_is_one_sentence_with_field_value_and_fix(file: Path, text: str, sentence: str) -> None:
    good = GOOD.replace("port = 8080\n", "") if text.startswith("port") else GOOD
    file.write_text(f"{good}\n{text}\n", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(Settings, file, {})

    assert sentence.replace("FILE", str(file)) in str(caught.value)
    vietnamese = caught.value.sentence("vi")
    assert vietnamese != str(caught.value)
    assert "{" not in vietnamese
    assert "\n" not in vietnamese


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        (
            {"WARDROOM__CENTER__PORT": "abc"},
            "center.port: 'abc' is not a whole number from 1 to 65535; set it in wardroom.toml under [center] or as WARDROOM__CENTER__PORT",
        ),
        ({"WARDROOM__CENTER__FAST": "perhaps"}, "center.fast: 'perhaps' is neither true nor false"),
        ({"WARDROOM__CENTER__PRT": "1"}, "center.prt is no setting"),
        ({"WARDROOM__CENTER__PORT__X": "1", "WARDROOM__CENTER__PORT": "1"}, "WARDROOM__CENTER__PORT__X names no setting"),
        ({"WARDROOM__CENTER": "1"}, "WARDROOM__CENTER names no setting; write WARDROOM__SECTION__KEY"),
        ({"WARDROOM__CENTRE__PORT": "1"}, "nobody knows the section [centre]"),
        ({}, "center.port is missing; set it in wardroom.toml under [center] or as WARDROOM__CENTER__PORT"),
    ],
)
def test_a_bad_variable_is_one_sentence_too(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(Settings, None, environ)

    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("broker = 3\n", "broker: '…' does not fit (Expected `object`, got `int`); set it in FILE under [broker]"),
        ("center = 'x'\n[broker]\nusername = 'u'\npassword = 'p'\n", "center: '…' does not fit"),
    ],
)
def test_a_section_that_is_none_has_no_variable(file: Path, text: str, sentence: str) -> None:
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(Settings, file, {})

    assert sentence.replace("FILE", str(file)) in str(caught.value)
    assert " or as" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tls_ca = 'a\\nb'", ""),
        ('tls_ca = "/etc/a\\u0000b"', "broker.tls_ca: the text holds a NUL character; remove it in FILE"),
        ('[[sensor]]\nid = "a"\n[[sensor]]\nid = "\\u0000"', "sensor[1].id: the text holds a NUL character"),
        ('[center]\nport = 1\nnames = ["x", "\\u0000"]', "center.names[1]: the text holds a NUL character"),
        ("[center]\nport = 1\nwide = nan", "center.wide: 'nan' is not a number"),
        ("[ingest]\nx = nan", ""),
    ],
)
def test_what_fits_its_type_and_nothing_else_is_one_sentence(file: Path, text: str, sentence: str) -> None:
    center = "" if "[center]" in text else "\n[center]\nport = 1\n"
    file.write_text(f"[broker]\nusername = 'u'\npassword = 'p'\n{text}{center}", encoding="utf-8")

    if not sentence:
        load(Settings, file, {})
        return
    with pytest.raises(ConfigError) as caught:
        load(Settings, file, {})

    assert sentence.replace("FILE", str(file)) in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "broker = 'open sesame'",
        "broker = ['u', 'open sesame']",
        "broker = [{password = 'open sesame'}]",
        "[[broker]]\nusername = 'u'\npassword = 'open sesame'",
        "[broker]\nusername = 'u'\npassword = ['open sesame']",
        "[broker]\nusername = {password = 'open sesame'}\npassword = 'x'",
        "[broker]\nusername = [[{password = 'open sesame'}]]\npassword = 'x'",
        "[broker]\nusername = 'u'\npassword = 'x'\n[listen]\nport = {token = 'open sesame'}",
    ],
)
def test_what_may_be_a_secret_in_the_wrong_place_is_not_shown(file: Path, text: str) -> None:
    file.write_text(f"{text}\n[center]\nport = 1\n", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(Settings, file, {})

    assert "sesame" not in str(caught.value) + caught.value.sentence("vi")


def test_a_value_of_several_lines_is_shown_in_one(file: Path) -> None:
    file.write_text(GOOD + 'label = """a\nwardroom: started\u202e"""\n', encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(Settings, file, {})

    assert r"center.label: 'a\nwardroom: started\u202e' is no text in quotes (1…3);" in str(caught.value)
    assert caught.value.sentence("vi").isprintable()
