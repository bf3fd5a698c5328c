"""the limit of the MQTT benchmarks and of the drain: paho by itself, in a thread: receiving, sending, one message after another."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bench.bare import at_once
from bench.single_readings import FILTER, MESSAGES, TRIPS, WINDOW, WITHIN_S, Clock, message
from wardroom.settings import Broker


class Bare:
    """A paho client in its own thread, with Nagle's algorithm off, else each of its round trips takes 40 ms."""

    def __init__(self, broker: Broker, name: str, *, clean: bool = True, window: int = WINDOW) -> None:
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=clean, manual_ack=True)
        self.client.username_pw_set(broker.username, broker.password.reveal())
        self.client.max_inflight_messages_set(window)
        self.client.on_socket_open = at_once
        self._address = (broker.host, broker.port)
        self._granted = threading.Event()
        self.client.on_subscribe = lambda *_: self._granted.set()

    def start(self, filters: Sequence[tuple[str, int]] = ()) -> None:
        connected = threading.Event()
        self.client.on_connect = lambda *_: connected.set()
        self.client.connect(*self._address)
        self.client.loop_start()
        connected.wait(WITHIN_S)
        if filters:
            self.client.subscribe(list(filters))
            self._granted.wait(WITHIN_S)

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


async def receive(
    ingest: Broker, send_all: Callable[[], Awaitable[object]], filters: Sequence[tuple[str, int]] = (FILTER,), count: int = MESSAGES
) -> Clock:
    """Take what waits for a persistent session since it left, `count` messages."""
    clock = Clock(count)

    def take(client: paho.Client, _data: object, came_in: paho.MQTTMessage) -> None:
        client.ack(came_in.mid, 1)
        clock.count()

    first = Bare(ingest, "bare", clean=False)
    await asyncio.to_thread(first.start, filters)
    await asyncio.to_thread(first.stop)
    await send_all()
    second = Bare(ingest, "bare", clean=False)
    second.client.on_message = take
    await asyncio.to_thread(second.start)
    await clock.wait()
    await asyncio.to_thread(second.stop)
    return clock


async def send(edge: Broker) -> Clock:
    """Send every message; the clock stops with the last confirmation."""
    clock, bare = Clock(MESSAGES), Bare(edge, "bare")
    bare.client.on_publish = lambda *_: clock.count()
    await asyncio.to_thread(bare.start)

    def publish() -> None:
        for number in range(MESSAGES):
            outgoing = message(number)
            bare.client.publish(outgoing.topic, outgoing.payload, 1)

    await asyncio.to_thread(publish)
    await clock.wait()
    await asyncio.to_thread(bare.stop)
    return clock


async def trips(edge: Broker, ingest: Broker) -> list[float]:
    """Return the seconds from each publish to its handler, one after another."""
    came, seconds = threading.Event(), list[float]()

    def take(client: paho.Client, _data: object, came_in: paho.MQTTMessage) -> None:
        client.ack(came_in.mid, 1)
        came.set()

    receiver, sender = Bare(ingest, "bare"), Bare(edge, "bare too")
    receiver.client.on_message = take

    def trip() -> None:
        for number in range(TRIPS):
            came.clear()
            began, outgoing = time.perf_counter(), message(number)
            confirmed = sender.client.publish(outgoing.topic, outgoing.payload, 1)
            came.wait(WITHIN_S)
            seconds.append(time.perf_counter() - began)
            confirmed.wait_for_publish(WITHIN_S)

    await asyncio.to_thread(receiver.start, (FILTER,))
    await asyncio.to_thread(sender.start)
    await asyncio.to_thread(trip)
    for each in (sender, receiver):
        await asyncio.to_thread(each.stop)
    return seconds
