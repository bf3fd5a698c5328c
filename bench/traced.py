"""``python -m bench.traced edge|center FILE …``: the real edge or center, and in FILE when each reading passed each hop of it, as JSON.

The programs are the product's own; in this process alone some of their functions are wrapped in a look at the clock (microseconds since
1970). ``edge FILE FOLDER RATE SECONDS HOST PORT USER PASSWORD`` sends so many readings a second, ``center FILE`` takes its settings from
the environment.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
import uvloop

from bench.stage import PLACE
from center.feed import Feed
from center.hub import Hub
from center.live import Screens
from center.main import center
from edge.app import App
from edge.outbox import Outbox
from edge.settings import Edge, Settings
from simulators.load import LoadSettings, loading
from wardroom import senml
from wardroom.bus import Session
from wardroom.clock import SystemClock
from wardroom.messages import Name, SiteDescription, SiteKind
from wardroom.settings import Broker, Secret

Trail = dict[str, dict[int, int]]
"""hop → reading's `observed_us` → when it passed."""
SEEN: Final[Trail] = {}


def now_us() -> int:
    return time.time_ns() // 1_000


def passed(hop: str, readings: Iterable[int]) -> None:
    """Note that these readings passed a hop right now."""
    at_us = now_us()
    hops = SEEN.setdefault(hop, {})
    for observed_us in readings:
        hops.setdefault(observed_us, at_us)


def times(readings: object) -> list[int]:
    """Return what identifies readings: when they were observed."""
    return [reading.observed_us for reading in readings] if isinstance(readings, tuple) else []


def trace_edge() -> None:
    """Look at: put, published, PUBACK."""
    put, publish = Outbox.put, Session.publish

    async def traced_put(self: Outbox, message: Any) -> None:
        passed("put", times(message))
        await put(self, message)

    def traced_publish(self: Session, message: Any) -> "asyncio.Future[None]":
        acknowledged = publish(self, message)
        if "/readings/" in message.topic:
            readings = times(senml.decode(message.payload).readings)
            passed("published", readings)
            acknowledged.add_done_callback(lambda _: passed("acknowledged", readings))
        return acknowledged

    _replace(Outbox, "put", traced_put)
    _replace(Session, "publish", traced_publish)


def trace_center() -> None:
    """Look at: received, decoded, in the hub, its turn, framed, written."""
    decode, take, tell, delta = senml.decode, Feed.take, Screens._tell, Hub._delta  # noqa: SLF001 - looked at, not used
    fresh: list[int] = []

    def traced_decode(payload: bytes) -> senml.Pack:
        began_us = now_us()
        pack = decode(payload)
        found = times(pack.readings)
        passed("decoded", found)
        SEEN.setdefault("received", {}).update(dict.fromkeys(found, began_us))
        fresh.extend(found)
        return pack

    def traced_take(self: Feed, incoming: Any) -> None:
        before = len(fresh)
        take(self, incoming)
        passed("in the hub", fresh[before:])

    def traced_delta(self: Hub, *where: Any) -> Any:
        frame = delta(self, *where)
        passed("framed", fresh)
        return frame

    def traced_tell(self: Screens) -> None:
        passed("its turn", fresh)
        tell(self)
        passed("written", fresh)
        fresh.clear()

    _replace(senml, "decode", traced_decode)
    _replace(Feed, "take", traced_take)
    _replace(Hub, "_delta", traced_delta)
    _replace(Screens, "_tell", traced_tell)


def _replace(owner: object, name: str, by: Callable[..., Any]) -> None:
    getattr(owner, name)  # fails here where it is renamed
    setattr(owner, name, by)


async def edge(folder: Path, rate: float, seconds: float, broker: Broker) -> None:
    """Send for so long, wait for the receipts."""
    text = Name("Đo", "Bench")
    own = Settings(
        broker=broker,
        edge=Edge(
            site=PLACE.site,
            gateway=PLACE.gateway,
            data=str(folder),
            name=text,
            site_description=SiteDescription(kind=SiteKind.OFFICE, name=text),
        ),
    )
    (folder / "load").mkdir()
    app = App(loading(own, LoadSettings(config=None, rate=rate, seconds=seconds, pack=1)), clock=SystemClock())
    running = asyncio.create_task(app.run(), name="edge")
    await asyncio.sleep(seconds)
    await app.quiet()
    await asyncio.sleep(1)
    running.cancel()
    await asyncio.wait([running])


def main() -> None:
    """Do what the command line asks."""
    which, file, *rest = sys.argv[1:]
    try:
        if which == "center":
            trace_center()
            center(None)
        else:
            trace_edge()
            folder, rate, seconds, host, port, user, password = rest
            broker = Broker(host=host, port=int(port), username=user, password=Secret(password))
            uvloop.run(edge(Path(folder), float(rate), float(seconds), broker))
    finally:
        Path(file).write_bytes(msgspec.json.encode({hop: list(found.items()) for hop, found in SEEN.items()}))


if __name__ == "__main__":
    main()
