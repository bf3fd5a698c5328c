"""a center's screen, desk and broker → when each event, passage and greeting came by, in microseconds since 1970."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from wardroom import messages, topics
from wardroom.bus import Incoming, Session
from wardroom.live import Delta, FromCenter, LiveGreeting, LivePassage, Ping, Pong, Snapshot, Subscribe, Topic
from wardroom.settings import Broker
from wardroom.sight_events import FaceRecognized
from wardroom.topics import PackTopic

_decoder: Final = msgspec.json.Decoder(FromCenter)
_encoder: Final = msgspec.json.Encoder()


@dataclass(slots=True)
class Came:
    """What came by, the first time of each visit: the event at the broker, the passage with the center's word, the greeting on a screen."""

    events: dict[str, tuple[FaceRecognized, int]] = field(default_factory=dict)
    passages: dict[str, LivePassage] = field(default_factory=dict)
    greetings: dict[str, tuple[LiveGreeting, int]] = field(default_factory=dict)


@asynccontextmanager
async def watching(port: int, cookie: str, broker: Broker) -> AsyncIterator[Came]:
    """Watch all three until left."""
    came = Came()

    def taken(incoming: Incoming) -> None:
        at_us = now_us()
        topic = topics.parse(incoming.topic)
        if isinstance(topic, PackTopic) and topic.kind == "events":
            event = messages.decode_event(incoming.payload, topic.gateway)
            if isinstance(event, FaceRecognized):
                came.events.setdefault(event.data.visit, (event, at_us))
        session.acknowledge(incoming)

    session = Session(broker=broker, client_id="bench.greeting", on_message=taken, subscriptions=[(topic, 1) for topic in topics.PACKS])
    url = f"ws://127.0.0.1:{port}/ws"
    async with session, connect(url, additional_headers={"Cookie": cookie}, max_size=None, compression=None) as socket:
        task = asyncio.create_task(_hear(socket, came), name="greetings")
        try:
            yield came
        finally:
            task.cancel()
            await asyncio.wait([task])


async def _hear(socket: ClientConnection, came: Came) -> None:
    await socket.send(_encoder.encode(Subscribe(frozenset({Topic.GREETINGS, Topic.PASSAGES}))).decode())
    while True:
        text = await socket.recv()
        at_us = now_us()
        message = _decoder.decode(text)
        if isinstance(message, Ping):
            await socket.send(_encoder.encode(Pong()).decode())
        elif isinstance(message, Snapshot | Delta):
            for greeting in message.greetings:
                came.greetings.setdefault(greeting.id, (greeting, at_us))
            for passage in message.passages:
                came.passages.setdefault(passage.id, passage)


def now_us() -> int:
    return time.time_ns() // 1_000
