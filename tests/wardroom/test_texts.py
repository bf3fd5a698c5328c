import pytest

from wardroom import texts


def test_a_sentence_is_filled_in_the_language_asked_for() -> None:
    assert "12 byte;" in texts.say("wire.too_large", "vi", size=12, limit=3)
    assert "12 bytes;" in texts.say("wire.too_large", "en", size=12, limit=3)


@pytest.mark.parametrize(
    ("key", "data", "said"),
    [
        ("wire.nothing", {}, "wire.nothing"),
        ("nowhere.nothing", {"a": 1}, "nowhere.nothing {'a': 1}"),
        ("wire.too_large", {"size": 1}, "the message has {size} bytes; at most {limit} travel, send smaller packs {'size': 1}"),
    ],
)
def test_an_error_in_a_sentence_never_hides_the_error_it_is_about(key: str, data: dict[str, object], said: str) -> None:
    assert texts.say(key, "en", **data) == said


def test_data_may_be_named_like_the_functions_own_parameters() -> None:
    assert texts.say("nowhere.x", "en", key=1, language=2) == "nowhere.x {'key': 1, 'language': 2}"
