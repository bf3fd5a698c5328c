"""packs → receipts, in a process of its own: what the edge is measured against must not take the edge's time."""

import asyncio
import logging
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

import structlog

from tests.edge.answering import Answering
from wardroom.settings import Broker, Secret

_START_S: Final = 30.0


class Receiving:
    """The other process, as asked from this one."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    async def latencies_s(self, boot: str) -> list[float]:
        """Return put → received of the packs of one boot so far, in seconds."""
        self._pipe.send(boot)
        answer: list[float] = await asyncio.to_thread(self._pipe.recv)
        return answer

    async def count(self) -> tuple[int, int]:
        """Return how many packs came, and how many messages whose pack had come before."""
        self._pipe.send(None)
        answer: tuple[int, int] = await asyncio.to_thread(self._pipe.recv)
        return answer


@contextmanager
def receiving(broker: Broker, site: str) -> Iterator[Receiving]:
    """Run the receiving process; it is connected when this returns."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    account = (broker.host, broker.port, broker.username, broker.password.reveal())
    process = context.Process(target=_main, args=(account, site, theirs), daemon=True)
    process.start()
    try:
        if not ours.poll(_START_S):
            raise TimeoutError("the receiving process did not connect")
        ours.recv()
        yield Receiving(ours)
    finally:
        process.kill()
        process.join()


def _main(account: tuple[str, int, str, str], site: str, pipe: Connection) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    host, port, username, password = account
    asyncio.run(_serve(Broker(host=host, port=port, username=username, password=Secret(password)), site, pipe))


async def _serve(broker: Broker, site: str, pipe: Connection) -> None:
    async with Answering(broker, site) as answering:
        pipe.send(None)
        while True:
            boot = await asyncio.to_thread(pipe.recv)
            seen = answering.seen
            if boot is None:
                pipe.send((len(seen.packs), seen.again))
            else:
                pipe.send([latency for place, latency in seen.latencies_s.items() if place.boot == boot])
