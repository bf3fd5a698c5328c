import pytest

from ingest import locks
from ingest.database import connected
from tests.servers.databases import TestDatabase

pytestmark = pytest.mark.servers
NUMBER = 0x5741_5244_00FF


async def test_a_lock_is_held_alone_or_together_until_the_connection_ends(plain_database: TestDatabase) -> None:
    place = plain_database.ingest.conninfo()
    async with connected(place, program="test", statement_timeout_s=10) as last:
        async with (
            connected(place, program="test", statement_timeout_s=10) as one,
            connected(place, program="test", statement_timeout_s=10) as other,
        ):
            assert await locks.taken(one, NUMBER, within_s=0, together=True)
            assert await locks.taken(other, NUMBER, within_s=0, together=True)
            assert not await locks.taken(last, NUMBER, within_s=0.1)
            assert await locks.holders(last, NUMBER) == sorted([one.info.backend_pid, other.info.backend_pid])

        assert await locks.taken(last, NUMBER, within_s=5)
        assert await locks.holders(last, NUMBER) == [last.info.backend_pid]
        assert await locks.holders(last, NUMBER + 1) == []
