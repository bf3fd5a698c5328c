"""A backup file is whole under its name, or not there: whatever happens while it is written, and whoever damages it later."""

import fcntl
import os
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest import backup_file
from ingest.backup_file import FORMAT, Manifest, Rows, SchemaFile
from tests.servers.small_disk import mounted
from wardroom.errors import SchemaNewer, StorageError, StorageFull

AT = datetime(2027, 1, 15, 8, tzinfo=UTC)


class PowerCut(BaseException):
    """What ends a backup."""


def manifest(*tables: Rows, number: int = FORMAT) -> Manifest:
    return Manifest(
        format=number,
        program="0.1.0",
        taken=AT,
        database="wardroom",
        server="18.4",
        timescaledb=None,
        files=(SchemaFile(name="001_spine.sql", checksum="0"),),
        tables=tables,
        numbers=(),
        ranges=(),
    )


def make(target: Path, rows: int = 1_000, row: bytes = b"1\tm\xe1\xba\xa1ng\t\\N\n", *, number: int = FORMAT) -> Manifest:
    with backup_file.written(target) as writer:
        with writer.table("reading") as table:
            for _ in range(rows):
                table.write(row)
        made = manifest(table.done("reading", ("a", "b", "c")), number=number)
        writer.finish(made)
    return made


def test_what_was_written_is_read_back_and_only_the_owner_may(tmp_path: Path) -> None:
    target = tmp_path / "ward.zip"
    previous = os.umask(0)
    try:
        made = make(target, 50_000)
    finally:
        os.umask(previous)

    assert backup_file.verify(target) == made
    assert (made.tables[0].rows, made.tables[0].bytes) == (50_000, 50_000 * 12)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [*tmp_path.iterdir()] == [target]
    with backup_file.opened(target) as reader:
        assert b"".join(reader.pieces("reading")) == "1\tmạng\t\\N\n".encode() * 50_000


def test_an_existing_file_stays_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "ward.zip"
    target.write_text("precious", encoding="utf-8")

    with pytest.raises(StorageError, match=r"ward\.zip exists and stays as it is; choose another name"):
        make(target)

    assert target.read_text(encoding="utf-8") == "precious"


def test_a_file_that_appears_meanwhile_stays_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "ward.zip"

    with pytest.raises(StorageError, match="exists"), backup_file.written(target) as writer:  # noqa: PT012
        writer.finish(manifest())
        target.write_text("precious", encoding="utf-8")

    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize("error", [PowerCut(), StorageError("ingest.database_gone", detail="x"), ValueError("a bug")])
def test_a_backup_that_ends_early_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(BaseException) as caught, backup_file.written(tmp_path / "ward.zip") as writer, writer.table("reading") as table:  # noqa: PT011, PT012
        table.write(b"1\n")
        raise error

    assert caught.value is error
    assert not [*tmp_path.iterdir()]


def test_what_a_killed_backup_left_is_written_over(tmp_path: Path) -> None:
    target = tmp_path / "ward.zip"
    (tmp_path / "ward.zip.part").write_bytes(b"x" * 1_000_000)

    made = make(target, 3)

    assert backup_file.verify(target) == made
    assert target.stat().st_size < 2_000
    assert [*tmp_path.iterdir()] == [target]


def test_two_backups_never_write_the_same_file(tmp_path: Path) -> None:
    target = tmp_path / "ward.zip"
    part = tmp_path / "ward.zip.part"
    with part.open("wb") as other:
        other.write(b"half")
        other.flush()
        fcntl.flock(other, fcntl.LOCK_EX)

        with pytest.raises(StorageError, match="another backup is writing"):
            make(target)

        assert part.read_bytes() == b"half"


@pytest.mark.parametrize("target", ["no/such/folder/ward.zip", "file/ward.zip", "x" * 300])
def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path, target: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match=r"cannot be written: [A-Z]"):
        make(tmp_path / target)


@pytest.mark.skipif(os.geteuid() != 0, reason="may be skipped: root's case")
@pytest.mark.parametrize("size", [70_000, 3_000_000])
def test_a_full_disk_leaves_nothing(size: int) -> None:
    with mounted(1) as disk:
        (disk / "filler").write_bytes(bytes((1 << 20) - 65_536))

        with pytest.raises(StorageFull, match="no space left in"):
            make(disk / "ward.zip", 1, os.urandom(size).replace(b"\n", b" ") + b"\n")

        assert [path.name for path in disk.iterdir()] == ["filler"]


def test_every_damaged_byte_is_found(tmp_path: Path) -> None:
    target, damaged = tmp_path / "ward.zip", tmp_path / "damaged.zip"
    make(target, 20)
    whole = target.read_bytes()
    unseen = []
    for place in range(len(whole)):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            found = backup_file.verify(damaged)
        except StorageError:
            continue
        if found != backup_file.verify(target):
            unseen.append(place)

    assert not unseen  # what is not refused are bytes of the zip's book-keeping that change nothing of what is read


@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 0.999])
def test_a_file_cut_short_is_refused(tmp_path: Path, part: float) -> None:
    target = tmp_path / "ward.zip"
    make(target)
    whole = target.read_bytes()
    target.write_bytes(whole[: int(len(whole) * part)])

    with pytest.raises(StorageError, match="no whole backup"):
        backup_file.verify(target)


def test_rows_that_are_not_those_of_the_manifest_are_refused(tmp_path: Path) -> None:
    target, other = tmp_path / "ward.zip", tmp_path / "other.zip"
    make(target)
    with zipfile.ZipFile(target) as archive, zipfile.ZipFile(other, "w") as swapped:
        swapped.writestr("tables/reading.copy", b"1\tother\t\\N\n" * 1_000)
        swapped.writestr("manifest.json", archive.read("manifest.json"))

    with pytest.raises(StorageError, match="no whole backup"):
        backup_file.verify(other)


def test_a_file_that_is_no_backup_is_one_sentence(tmp_path: Path) -> None:
    other = tmp_path / "photos.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.jpg", b"")

    with pytest.raises(StorageError, match=r"photos\.zip is no whole backup"):
        backup_file.verify(other)
    with pytest.raises(StorageError, match="cannot be read: No such file"):
        backup_file.verify(tmp_path / "absent.zip")


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaNewer, match="made by a newer program"):
        make(tmp_path / "ward.zip", number=FORMAT + 1)
