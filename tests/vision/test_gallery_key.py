from pathlib import Path

import pytest

from vision.errors import GalleryError
from vision.gallery_key import key_of, new_key


def test_a_new_key_is_its_owners_alone_and_is_read_again(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key")

    assert key_of(tmp_path / "key") == key
    assert len(key) == 32
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key")

    with pytest.raises(GalleryError, match="a new key could not be written"):
        new_key(tmp_path / "key")
    assert key_of(tmp_path / "key") == key


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    new_key(tmp_path / "key")
    (tmp_path / "key").chmod(mode)

    with pytest.raises(GalleryError, match=f"mode {mode:04o}.*chmod 600"):
        key_of(tmp_path / "key")


@pytest.mark.parametrize("text", ["", "ab", "zz" * 32, "ab" * 33, "\u00e9" * 32])
def test_a_key_that_is_none_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text, encoding="utf-8")
    (tmp_path / "key").chmod(0o600)

    with pytest.raises(GalleryError, match="this is no key") as refused:
        key_of(tmp_path / "key")
    assert not text or text not in str(refused.value).replace(str(tmp_path), "")


def test_a_missing_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GalleryError, match="could not be read"):
        key_of(tmp_path / "none")
