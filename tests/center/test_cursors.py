import base64

import pytest

from center.cursors import Place, cursor, places
from wardroom.errors import InvalidMessage


@pytest.mark.parametrize("given", [[1], ["vp-ubnd", "gw-1"], ["1m", 1_800_000_000_000_000]])
def test_a_cursor_comes_back_as_it_was(given: list[Place]) -> None:
    assert places(cursor(given), tuple(type(place) for place in given)) == given


@pytest.mark.parametrize(
    "word",
    [
        "",
        "%%%",
        "é",
        base64.urlsafe_b64encode(b'["a"]').decode(),  # a text where a number belongs
        base64.urlsafe_b64encode(b"[true]").decode(),
        base64.urlsafe_b64encode(b"[1,2]").decode(),
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"[9999999999999999999999]").decode(),  # beyond the database's numbers
        base64.urlsafe_b64encode(b"[" * 3_000).decode(),
    ],
)
def test_a_cursor_of_somebody_elses_making_is_refused(word: str) -> None:
    with pytest.raises(InvalidMessage, match="cursor"):
        places(word, (int,))


@pytest.mark.parametrize("text", ["\0", "a\ud800", "\udfff"])
def test_a_text_the_database_could_not_take_is_refused(text: str) -> None:
    with pytest.raises(InvalidMessage, match="cursor"):
        places(cursor([text]), (str,))
