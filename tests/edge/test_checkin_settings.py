import pytest

from edge.checkin_settings import CheckInSettings, check
from wardroom.errors import ConfigError
from wardroom.settings import Secret


def asked(**changed: object) -> CheckInSettings:
    given = {"center": "https://center.example", "token": Secret("a-token"), "key": "gate.key"} | changed
    return CheckInSettings(**given)  # type: ignore[arg-type] # what is wrong among it is what the tests are about


@pytest.mark.parametrize(
    "center", ["https://center.example", "https://10.0.0.5:8443/", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080"]
)
def test_an_address_of_a_center(center: str) -> None:
    check(asked(center=center))


@pytest.mark.parametrize(
    ("center", "words"),
    [
        ("center.example", "no address"),
        ("ftp://center.example", "no address"),
        ("https://", "no address"),
        ("https://center.example/wardroom", "no address"),
        ("https://center.example:x", "no address"),
        ("https://center.example?x=1", "no address"),
        ("https://me:hunter2@center.example", "no address"),
        ("http://[", "no address"),
        ("http://center.example", "unencrypted"),
        ("http://10.0.0.5:8080", "unencrypted"),
    ],
)
def test_what_is_none_or_shows_the_token_is_refused_in_one_sentence(center: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as refused:
        check(asked(center=center))

    assert "hunter2" not in str(refused.value)
    assert "\n" not in refused.value.sentence("vi")


@pytest.mark.parametrize("token", [None, Secret("short"), Secret("with/slash/in/the/path"), Secret("a space in the middle")])
def test_a_screen_needs_a_token_in_its_address(token: Secret | None) -> None:
    check(asked(screen_token=token))
    with pytest.raises(ConfigError, match=r"checkin\.screen_token"):
        check(asked(screen_port=8460, screen_token=token))
    check(asked(screen_port=8460, screen_token=Secret("0123456789abcdef_-")))


def test_no_sensor_is_called_as_the_screen_whose_faults_are_told() -> None:
    check(asked(), {"gate-screen"})
    with pytest.raises(ConfigError, match="gate-screen"):
        check(asked(screen_port=8460, screen_token=Secret("0123456789abcdef_-")), {"air1", "gate-screen"})


def test_no_secret_is_shown() -> None:
    assert "a-token" not in repr(asked())
