"""The backup of a database with people in it: sealed bytes only."""

import zipfile
from pathlib import Path

import pytest

from ingest.backup import backup
from tests.center.people.organiser import Organiser

pytestmark = pytest.mark.servers


def held(file: Path) -> bytes:
    with zipfile.ZipFile(file) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


async def test_a_backup_holds_nothing_of_a_photo_or_a_face_in_the_open(organiser: Organiser, tmp_path: Path) -> None:
    person = await organiser.enrolled("Đại biểu Một", "obama/1.jpg")
    photo = (await organiser.asks("GET", f"/people/{person}")).json()["photo_list"][0]["id"]
    jpeg = (await organiser.asks("GET", f"/people/{person}/photos/{photo}")).content
    face = organiser.center.room.faces.faces([person])[person].tobytes()
    ((sealed,),) = await organiser.rows("SELECT sealed FROM photo")
    saved, _ = await backup(organiser.center.database.owner.conninfo(), tmp_path / "all.zip")
    everything = held(saved)

    assert bytes(sealed)[:64].hex().encode() in everything
    for piece in (jpeg[:32], jpeg[600:632], face[:16], face[-16:]):
        assert piece not in everything
        assert piece.hex().encode() not in everything
