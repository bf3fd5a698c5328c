from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from center.settings import Settings as CenterSettings
from edge.settings import Settings as EdgeSettings
from ingest.settings import Settings as IngestSettings
from wardroom import settings
from wardroom.errors import ConfigError
from wardroom.settings import Broker, Database, Listen, Log, Port, Secret, load


class Colour(StrEnum):
    """Two of them."""

    RED = "red"
    BLUE = "blue"


class Inner(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table in a table."""

    vi: str
    depth: Annotated[float, Meta(gt=0, lt=5)] = 1.0


class Center(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of every kind."""

    port: Annotated[Port, Meta(description="A port.")]
    ratio: Annotated[float, Meta(ge=0, le=1)] = 0.5
    count: Annotated[int, Meta(ge=1)] = 1
    free: int = 0
    wide: float = 0.0
    fast: bool = False
    colour: Colour = Colour.RED
    mode: Literal["a", "b"] = "a"
    label: Annotated[str, Meta(min_length=1, max_length=3)] = "x"
    code: Annotated[str, Meta(pattern=r"^[a-z]+$(?!\n)")] = "x"
    names: tuple[str, ...] = ()
    options: dict[str, int] = msgspec.field(default_factory=dict)
    name: Inner | None = None
    token: Secret | None = None
    pair: tuple[int, int] = (1, 2)


class Sensor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of a list."""

    id: str
    period_s: Annotated[float, Meta(gt=0)] = 1.0
    fast: bool = False
    colour: Colour = Colour.RED
    token: Secret | None = None
    port: Port = 1
    pair: tuple[int, int] = (1, 2)


class Settings(Struct, frozen=True, kw_only=True):
    """A service's settings."""

    center: Center
    broker: Broker
    log: Log = Log()
    listen: Listen | None = None
    sensor: tuple[Sensor, ...] = ()


GOOD = """
[broker]
username = "u"
password = "open sesame"
[center]
port = 8080
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "wardroom.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_file_is_read_and_what_it_does_not_say_has_its_default(file: Path) -> None:
    chosen = load(Settings, file, {})

    assert (chosen.center.port, chosen.broker.port, chosen.log.level, chosen.listen) == (8080, 1883, "info", None)
    assert chosen.broker.password.reveal() == "open sesame"


def test_the_environment_overrides_the_file(file: Path) -> None:
    chosen = load(
        Settings,
        file,
        {
            "WARDROOM__CENTER__PORT": "9090",
            "WARDROOM__CENTER__RATIO": "0.25",
            "WARDROOM__CENTER__FAST": "true",
            "WARDROOM__CENTER__LABEL": "12",
            "WARDROOM__CENTER__NAME__VI": "tên",
            "WARDROOM__CENTER__NAME__DEPTH": "2",
            "WARDROOM__BROKER__PASSWORD": "123456",
            "WARDROOM__LISTEN__PORT": "8",
            "WARDROOM_LANG": "en",
            "HOME": "/",
        },
    )

    assert (chosen.center.port, chosen.center.ratio, chosen.center.fast, chosen.center.label) == (9090, 0.25, True, "12")
    assert chosen.center.name == Inner(vi="tên", depth=2.0)
    assert chosen.listen == Listen(port=8)
    assert chosen.broker.password == Secret("123456")


def test_the_environment_alone_is_enough() -> None:
    environ = {"WARDROOM__CENTER__PORT": "1", "WARDROOM__BROKER__USERNAME": "u", "WARDROOM__BROKER__PASSWORD": "p"}

    assert load(Settings, None, environ).broker.username == "u"


def test_the_processs_own_environment_is_the_default(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM__CENTER__PORT", "77")

    assert load(Settings, file).center.port == 77


def test_another_services_section_is_passed_over(file: Path) -> None:
    file.write_text(GOOD + "[ingest]\nbatch = 1\n[database]\nuser = 3\n", encoding="utf-8")

    assert load(Settings, file, {"WARDROOM__EDGE__SITE": "x"}).center.port == 8080


def test_a_file_that_is_not_there_or_not_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"x = '\xff'")
    sentences = []
    for name in ("missing.toml", "latin.toml", "."):
        with pytest.raises(ConfigError) as caught:
            load(Settings, tmp_path / name, {})
        sentences.append(str(caught.value))

    assert "there is no such file" in sentences[0]
    assert "is not valid TOML" in sentences[1]
    assert "cannot be read (Is a directory)" in sentences[2]


@pytest.mark.parametrize(
    ("text", "detail"),
    [("x = " + "[" * 5_000, "recursion depth"), ("x = " + "9" * 5_000, "5000 digits"), ("x = '\\0'\ny = \0", "Invalid value")],
)
def test_a_file_made_to_break_the_parser_is_one_sentence(file: Path, text: str, detail: str) -> None:
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(Settings, file, {})

    assert f"{file} is not valid TOML: " in str(caught.value)
    assert detail in str(caught.value)


def test_a_byte_order_mark_is_no_part_of_the_file(file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8-sig")

    assert load(Settings, file, {}).center.port == 8080


def test_a_secret_never_shows_itself() -> None:
    secret = Secret("open sesame")
    broker = Broker(username="u", password=secret)

    assert "sesame" not in f"{secret} {secret!r} {broker} {[secret]} {Listen(port=1, token=secret)}"
    assert secret.reveal() == "open sesame"


def test_secrets_are_equal_by_their_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1


def test_a_bad_secret_is_not_repeated_in_the_sentence(file: Path) -> None:
    file.write_text(GOOD.replace('"open sesame"', "123456"), encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(Settings, file, {})

    assert "123456" not in str(caught.value)


def test_a_type_nobody_decodes_is_a_bug_not_a_setting() -> None:
    class Odd(Struct):
        """A field of a type of nobody's."""

        place: Path

    with pytest.raises(NotImplementedError):
        settings.convert({"place": "/"}, Odd, "x")


@pytest.mark.parametrize(
    ("password", "written"), [("simple", "password=simple"), ("it's a \\ test", r"password='it\'s a \\ test'"), ("", "password=''")]
)
def test_the_connection_string_quotes_what_it_must(password: str, written: str) -> None:
    conninfo = Database(user="wardroom_ingest", password=Secret(password)).conninfo()

    assert conninfo == f"host=127.0.0.1 port=5432 dbname=wardroom user=wardroom_ingest {written} connect_timeout=5"


@pytest.mark.parametrize(("variable", "spoken"), [(None, "vi"), ("vi", "vi"), ("en", "en"), ("EN_us", "en"), ("fr", "vi")])
def test_the_language_is_vietnamese_unless_asked_for_english(variable: str | None, spoken: str) -> None:
    environ: dict[str, Any] = {} if variable is None else {"WARDROOM_LANG": variable}

    assert settings.language(environ) == spoken


@pytest.mark.parametrize("service", [CenterSettings, EdgeSettings, IngestSettings])
def test_one_file_may_hold_the_sections_of_every_service(service: type[Struct]) -> None:
    assert {field.encode_name for field in msgspec.structs.fields(service)} <= settings.SECTIONS
