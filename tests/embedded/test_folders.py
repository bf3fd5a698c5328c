"""No folder's rights change but those of the servers' own."""

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.places import silent
from wardroom.embedded.folders import ORIGIN, Owner, Place, clear_errors, prepare, straight
from wardroom.errors import EmbeddedError

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="may be skipped: root's case")


def _modes(path: Path) -> dict[Path, tuple[int, int, int]]:
    return {parent: (status.st_mode, status.st_uid, status.st_gid) for parent in (path, *path.parents) for status in (parent.stat(),)}


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A demo's folder that nobody else may enter."""
    folder = tmp_path / "private home" / ".wardroom"
    folder.mkdir(parents=True)
    folder.parent.chmod(0o700)
    return folder


@root_only
def test_roots_data_lies_in_the_store_and_no_other_folder_changes(demo: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    before = {**_modes(demo), **_modes(store)}
    place = prepare(demo / "database", silent, store)
    assert {**_modes(demo), **_modes(store)} == before
    assert (demo / "database").is_symlink()
    assert (demo / "database").resolve() == place.path
    assert place.path.parent.parent == store
    assert place.owner.uid != 0
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o700
    assert place.path.stat().st_uid == place.owner.uid
    assert (place.home / ORIGIN).read_text(encoding="utf-8") == str(demo)


@root_only
def test_two_demos_never_share_a_place(demo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / ".wardroom"
    assert prepare(demo / "database", silent, tmp_path / "store").home != prepare(other / "database", silent, tmp_path / "store").home


@root_only
def test_a_demo_that_was_moved_keeps_its_data(demo: Path, tmp_path: Path) -> None:
    first = prepare(demo / "database", silent, tmp_path / "store")
    moved = demo.rename(tmp_path / "moved")
    assert prepare(moved / "database", silent, tmp_path / "store") == first


@root_only
def test_whoever_removed_the_demo_begins_anew_and_is_told_of_what_is_left(demo: Path, tmp_path: Path) -> None:
    said: list[str] = []

    def announce(key: str, /, **_data: object) -> None:
        said.append(key)

    first = prepare(demo / "database", silent, tmp_path / "store")
    (first.path / "old").touch()
    shutil.rmtree(demo)
    second = prepare(demo / "database", announce, tmp_path / "store")
    assert list(second.path.iterdir()) == []
    assert (first.path / "old").exists()
    assert said == ["embedded.left_behind"]
    assert prepare(demo / "database", announce, tmp_path / "store") == second
    assert said == ["embedded.left_behind"]


@root_only
def test_a_link_to_somewhere_else_is_refused(demo: Path, tmp_path: Path) -> None:
    (demo / "database").symlink_to(tmp_path)
    before = _modes(tmp_path)
    with pytest.raises(EmbeddedError, match="is not ours"):
        prepare(demo / "database", silent, tmp_path / "store")
    assert _modes(tmp_path) == before


@root_only
def test_an_ordinary_users_folder_stays_that_users(demo: Path, tmp_path: Path) -> None:
    (demo / "database").mkdir()
    os.chown(demo, 4242, 4242)
    os.chown(demo / "database", 4242, 4242)
    place = prepare(demo / "database", silent, tmp_path / "store")
    assert (place.path, place.owner) == (demo / "database", Owner(4242, 4242))


@root_only
def test_what_was_unpacked_from_an_archive_goes_back_into_the_store(demo: Path, tmp_path: Path) -> None:
    (demo / "database" / "data").mkdir(parents=True)
    (demo / "database" / "data" / "precious").write_text("kept", encoding="utf-8")
    (demo / "database" / "data" / "link").symlink_to("/etc/passwd")
    for path in (demo / "database", *(demo / "database").rglob("*")):
        os.chown(path, 4242, 4242, follow_symlinks=False)
    victim = Path("/etc/passwd").stat()
    place = prepare(demo / "database", silent, tmp_path / "store")
    assert (demo / "database").resolve() == place.path
    assert place.home.parent == tmp_path / "store"
    kept = place.path / "data" / "precious"
    assert (kept.read_text(encoding="utf-8"), kept.stat().st_uid) == ("kept", place.owner.uid)
    assert Path("/etc/passwd").stat().st_uid == victim.st_uid


@root_only
def test_what_was_unpacked_never_replaces_what_is_in_the_store(demo: Path, tmp_path: Path) -> None:
    place = prepare(demo / "database", silent, tmp_path / "store")
    (place.path / "newer").touch()
    (demo / "database").unlink()
    (demo / "database").mkdir()
    os.chown(demo / "database", 4242, 4242)
    with pytest.raises(EmbeddedError, match="still has what was there before"):
        prepare(demo / "database", silent, tmp_path / "store")
    assert [path.name for path in place.path.iterdir()] == ["newer"]


@root_only
def test_roots_own_folder_with_something_in_it_is_never_replaced(demo: Path, tmp_path: Path) -> None:
    (demo / "database").mkdir()
    (demo / "database" / "precious").touch()
    with pytest.raises(EmbeddedError, match="cannot be used"):
        prepare(demo / "database", silent, tmp_path / "store")
    assert (demo / "database" / "precious").exists()


def test_ones_own_folder_is_used_straight(demo: Path) -> None:
    before = _modes(demo)
    place = straight(demo / "broker-aedes")
    assert _modes(demo) == before
    assert place.path == demo / "broker-aedes"
    assert place.owner.uid == os.geteuid()


def test_a_folder_that_root_made_is_said(demo: Path, tmp_path: Path) -> None:
    (demo / "database").symlink_to(tmp_path)
    with pytest.raises(EmbeddedError, match="made by root"):
        straight(demo / "database")


def test_a_folder_nobody_can_make_is_one_sentence() -> None:
    with pytest.raises(EmbeddedError, match="cannot be used"):
        prepare(Path("/proc/wardroom/database"), silent)


def test_a_file_is_the_owners_alone_and_whole(place: Place) -> None:
    file = place.write("secret", "one")
    place.write("secret", "two")
    assert file.read_text(encoding="utf-8") == "two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_uid == place.owner.uid
    assert [path.name for path in place.path.iterdir()] == ["secret"]


def test_a_link_planted_in_a_servers_folder_is_not_followed(place: Place, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched", encoding="utf-8")
    (place.path / "secret.part").symlink_to(victim)
    place.write("secret", "one")
    assert victim.read_text(encoding="utf-8") == "untouched"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space is left"),
        (errno.EDQUOT, "no space is left"),
        (errno.EACCES, "cannot be used: Permission denied"),
        (errno.EROFS, "cannot be used: Read-only file system"),
    ],
)
def test_the_systems_errors_become_one_sentence(number: int, words: str) -> None:
    with pytest.raises(EmbeddedError, match=words), clear_errors(Path("/some/where")):
        raise OSError(number, os.strerror(number))


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(EmbeddedError, match="no space is left"),
        clear_errors(tmp_path),
        Path("/dev/full").open("w", encoding="ascii") as full,
    ):
        full.write("x")


def test_the_account_is_announced_only_when_it_is_made(demo: Path, tmp_path: Path) -> None:
    said: list[str] = []

    def announce(key: str, /, **_data: object) -> None:
        said.append(key)

    make: Callable[[], Place] = lambda: prepare(demo / "database", announce, tmp_path / "store")  # noqa: E731 - twice the same call
    make()
    said.clear()
    make()
    assert said == []
