"""The gauge of missing packs."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from ingest import gaps
from ingest.settings import Ingest
from tests.ingest.factories import GATEWAY, NOW_US, Desk, pack, reading, settings, until
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers


async def test_missing_packs_are_summed_over_the_boots_of_a_gateway(desk: Desk) -> None:
    for seq, boot in ((0, "b1"), (3, "b1"), (7, "b2"), (9, "b2")):
        await desk.store(pack(reading(at_us=NOW_US + seq), seq=seq, boot=boot))
    await desk.store(pack(seq=5, gateway=Gateway("vp-test", "gw-2")))
    assert sorted(await gaps.read(settings(desk.database))) == [("vp-test", "gw-1", 3.0), ("vp-test", "gw-2", 0.0)]


async def test_the_gauge_follows_and_outlives_a_database_that_is_gone(desk: Desk) -> None:
    await desk.store(pack(seq=0), pack(reading(2.0, NOW_US + 1), seq=2))
    chosen = settings(desk.database, ingest=Ingest(gaps_every_s=0.05))

    def gauge() -> float | None:
        return REGISTRY.get_sample_value("wardroom_sequence_missing_packs", {"gateway": f"{GATEWAY.site}.{GATEWAY.gateway}"})

    watching = asyncio.create_task(gaps.watch(chosen))
    await until(lambda: gauge() == 1.0)
    await desk.store(pack(reading(3.0, NOW_US + 2), seq=1))
    await until(lambda: gauge() == 0.0)
    assert not watching.done()
    watching.cancel()
