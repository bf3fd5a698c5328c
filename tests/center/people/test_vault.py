import secrets
from pathlib import Path

import pytest

from center.people import vault
from center.people.vault import Vault
from wardroom.errors import ConfigError, PeopleError

KEY = bytes(range(32))


def test_what_is_sealed_opens_and_shows_nothing_of_itself() -> None:
    sealed = Vault(KEY).seal("photo", "a", b"a face")

    assert Vault(KEY).open("photo", "a", sealed) == b"a face"
    assert b"face" not in sealed


def test_the_same_bytes_are_sealed_differently_each_time() -> None:
    opened = Vault(KEY)

    assert opened.seal("photo", "a", b"x") != opened.seal("photo", "a", b"x")


@pytest.mark.parametrize(("kind", "record"), [("photo", "b"), ("embedding", "a"), ("phot", "oa")])
def test_a_record_opens_in_its_own_place_only(kind: str, record: str) -> None:
    opened = Vault(KEY)
    sealed = opened.seal("photo", "a", b"x")

    with pytest.raises(PeopleError, match="not in its place"):
        opened.open(kind, record, sealed)


@pytest.mark.parametrize("at", [0, 3, 12, 25, -1])
def test_no_byte_of_a_record_can_be_changed(at: int) -> None:
    opened = Vault(KEY)
    sealed = bytearray(opened.seal("photo", b"a", b"0123456789"))
    sealed[at] ^= 1

    with pytest.raises(PeopleError):
        opened.open("photo", b"a", bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, 20, 21, 30])
def test_a_record_cut_short_is_damaged(length: int) -> None:
    opened = Vault(KEY)

    with pytest.raises(PeopleError):
        opened.open("photo", "a", opened.seal("photo", "a", b"x")[:length])


def test_another_key_is_told_from_damage() -> None:
    with pytest.raises(PeopleError, match="another key"):
        Vault(secrets.token_bytes(32)).open("photo", "a", Vault(KEY).seal("photo", "a", b"x"))


def test_without_a_key_everything_answers_one_sentence() -> None:
    closed = vault.opened(None)

    assert not closed.ready
    for use in (closed.check, lambda: closed.seal("photo", "a", b""), lambda: closed.open("photo", "a", b"")):
        with pytest.raises(PeopleError, match=r"people\.key"):
            use()


def test_a_key_is_made_once_for_its_owner_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "people.key"
    vault.make_key(file)
    made = file.read_text()

    with pytest.raises(ConfigError, match="not there yet"):
        vault.make_key(file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == made
    assert made.strip() not in repr(vault.opened(str(file)))


def test_a_key_that_others_may_read_stops_the_start_with_a_sentence_in_both_languages(tmp_path: Path) -> None:
    file = tmp_path / "people.key"
    vault.make_key(file)
    file.chmod(0o644)

    with pytest.raises(ConfigError, match="chmod 600") as refused:
        vault.opened(str(file))

    assert "người khác cũng đọc được" in refused.value.sentence("vi")
