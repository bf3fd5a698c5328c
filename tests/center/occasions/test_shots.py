import pytest

from tests.center.occasions.hall import Hall
from tests.center.occasions.seen import PLACE
from wardroom.errors import CheckInError

pytestmark = pytest.mark.servers


async def test_a_best_shot_comes_back_as_it_was_and_lies_sealed(hall: Hall) -> None:
    shots, digest = hall.room.checkin.shots, bytes(32)
    assert await shots.keep(digest, PLACE, b"best shot", model="m", embedding=(0.5, -2.0))
    assert not await shots.keep(digest, PLACE, b"another")

    ((sealed, face),) = await hall.room.database.rows("SELECT sealed, embedding_sealed FROM evidence")
    assert await shots.get(digest) == b"best shot"
    assert shots.face(digest, face) == (0.5, -2.0)
    assert b"best shot" not in sealed


async def test_a_best_shot_that_is_not_there_is_said_to_be_not_there(hall: Hall) -> None:
    with pytest.raises(CheckInError, match="no best shot"):
        await hall.room.checkin.shots.get(bytes(32))
