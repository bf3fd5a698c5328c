"""A center's REST interface as a simulated person uses it, over real HTTP."""

import asyncio

import pytest

from simulators.rest import Rest, part
from tests.center.conftest import center, migrated
from tests.center.running import PASSWORD, RunningCenter
from wardroom.embedded.ports import free_port
from wardroom.errors import EmbeddedError

__all__ = ["center", "migrated"]
pytestmark = pytest.mark.servers


async def signed_in(center: RunningCenter) -> Rest:
    password = await center.room.access.administrator("organiser", None)
    rest = Rest(center.settings.listen.port)
    await asyncio.to_thread(rest.sign_in, "organiser", password, PASSWORD)
    return rest


async def test_a_one_time_password_is_changed_and_then_it_is_somebody(center: RunningCenter) -> None:
    rest = await signed_in(center)
    me = await asyncio.to_thread(rest.get, "/session")
    await asyncio.to_thread(rest.sign_out)

    assert (me["account"], me["must_change_password"]) == ("organiser", False)
    with pytest.raises(EmbeddedError, match=r"refuses GET /session: \S+"):
        await asyncio.to_thread(rest.get, "/session")


async def test_a_list_is_read_to_its_end(center: RunningCenter) -> None:
    center.execute("INSERT INTO site SELECT 'site-' || n, 'Nơi', 'Place', 'office' FROM generate_series(1, 450) AS n")
    rest = await signed_in(center)
    sites = await asyncio.to_thread(rest.pages, "/sites")

    assert len({one["id"] for one in sites}) == len(sites) == 450


async def test_a_center_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(EmbeddedError, match="does not answer GET /sites"):
        await asyncio.to_thread(Rest(free_port()).get, "/sites")


def test_a_text_is_one_part_of_an_address() -> None:
    assert part("Đoàn 1/2 & 3") == "%C4%90o%C3%A0n%201%2F2%20%26%203"
