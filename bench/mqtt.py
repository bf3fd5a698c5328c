"""a broker's messages → our session and back, against bare paho doing the same with the same broker: receive, send, round trip."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench import bare_paho
from bench.publishing import ignore, publish
from bench.result import Result, paired
from bench.single_readings import FILTER, GATEWAY, MESSAGES, TRIPS, Clock, message
from tests.servers.broker import TestBroker
from wardroom.bus import Incoming, Session
from wardroom.settings import Broker

_ROUNDS: Final = 3
_BARE: Final = "bare paho with manual acknowledgement, the same messages from the same broker"


async def measure(*, quick: bool) -> list[Result]:
    """Take 20,000 single readings that wait at the broker, send as many, and send one after another for the time it takes."""
    rounds = 1 if quick else _ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        broker = TestBroker(Path(folder))
        broker.start()
        try:
            edge, ingest = broker.add_gateway(GATEWAY.site, GATEWAY.gateway), broker.broker("ingest")
            received = [(await _receive(edge, ingest), await bare_paho.receive(ingest, lambda: _send(edge))) for _ in range(rounds)]
            sent = [(await _send(edge), await bare_paho.send(edge)) for _ in range(rounds)]
            trips = [(await _trips(edge, ingest), await bare_paho.trips(edge, ingest)) for _ in range(rounds)]
        finally:
            broker.remove()
    return [
        _rates("mqtt: receive and acknowledge", received),
        _rates("mqtt: send at QoS 1", sent),
        _times("mqtt: publish → handler", trips),
    ]


def _rates(name: str, pairs: list[tuple[Clock, Clock]]) -> Result:
    result = paired(name, "messages/s", _BARE, [(ours.rate, bare.rate) for ours, bare in pairs])
    figures = {f"{who}_cpu_us": statistics.median(pair[place].cpu_us for pair in pairs) for place, who in enumerate(("ours", "paho"))}
    return Result(**{name: getattr(result, name) for name in ("name", "unit", "ours", "limit", "limit_is", "ratio")}, figures=figures)


def _times(name: str, pairs: list[tuple[list[float], list[float]]]) -> Result:
    ours, bare = (sorted(second * 1e6 for pair in pairs for second in pair[place]) for place in (0, 1))
    middle, far = len(ours) // 2, len(ours) * 99 // 100
    ratio = statistics.median(statistics.median(pair[1]) / statistics.median(pair[0]) for pair in pairs)
    figures = {"ours_p99_us": ours[far], "paho_p99_us": bare[far]}
    return Result(name=name, unit="µs", ours=ours[middle], limit=bare[middle], limit_is=_BARE, ratio=ratio, figures=figures)


def _session(broker: Broker, on_message: Callable[[Incoming], None], *, name: str, clean: bool = True, listens: bool = True) -> Session:
    return Session(broker=broker, client_id=name, on_message=on_message, subscriptions=[FILTER] if listens else (), clean=clean)


async def _send(edge: Broker) -> Clock:
    clock = Clock(MESSAGES)
    await publish(edge, [message(number) for number in range(MESSAGES)], clock.count)
    return clock


async def _receive(edge: Broker, ingest: Broker) -> Clock:
    clock, held = Clock(MESSAGES), list[Incoming]()

    def take(incoming: Incoming) -> None:
        if not held:
            asyncio.get_running_loop().call_soon(settle)
        held.append(incoming)
        clock.count()

    def settle() -> None:
        for incoming in held:
            session.acknowledge(incoming)
        held.clear()

    async with _session(ingest, ignore, name="receiver", clean=False) as session:
        await session.wait_connected()
    await _send(edge)
    session = _session(ingest, take, name="receiver", clean=False)
    async with session:
        await clock.wait()
        await asyncio.sleep(0.1)
    return clock


async def _trips(edge: Broker, ingest: Broker) -> list[float]:
    came, seconds = asyncio.Event(), list[float]()

    def take(incoming: Incoming) -> None:
        receiver.acknowledge(incoming)
        came.set()

    receiver = _session(ingest, take, name="receiver")
    async with receiver, _session(edge, ignore, name="sender", listens=False) as sender:
        await receiver.wait_connected()
        await sender.wait_connected()
        for number in range(TRIPS):
            came.clear()
            began = time.perf_counter()
            confirmed = sender.publish(message(number))
            await came.wait()
            seconds.append(time.perf_counter() - began)
            await confirmed
    return seconds
