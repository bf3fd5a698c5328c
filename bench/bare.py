"""``python -m bench.bare``: the barest ways to a screen, as limits: `websockets` alone, told what to send by a clock or by paho.

``bench.bare PORT clock RATE``: a frame like one of ours to everybody, RATE times a second, once a line comes in.
``bench.bare PORT paho HOST PORT USER PASSWORD``: each MQTT message's payload, as it is, to everybody.
"""

import asyncio
import socket
import sys
import time
from contextlib import suppress
from typing import Any, Final

import uvloop
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

_FRAME: Final = '{{"type":"delta","since":1,"seq":2,"readings":[{one},{one}]}}'
_READING: Final = '{{"series":1,"time_us":{now},"received_us":{now},"value":20.5,"flags":0,"trail":null}}'


class Bare:
    """A server whose clients all get everything."""

    def __init__(self) -> None:
        self._open: set[ServerConnection] = set()

    async def talk(self, connection: ServerConnection) -> None:
        self._open.add(connection)
        with suppress(ConnectionClosed):
            async for _ in connection:
                pass
        self._open.discard(connection)

    def say(self, text: str) -> None:
        broadcast(self._open, text)

    async def clock(self, rate: float) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, sys.stdin.readline)
        due = loop.time()
        while True:
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - loop.time()))
            now = time.time_ns() // 1_000
            self.say(_FRAME.format(one=_READING.format(now=now)))

    async def paho(self, host: str, port: str, user: str, password: str) -> None:
        loop = asyncio.get_running_loop()
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bench-bare")
        client.username_pw_set(user, password)

        def told(_client: object, _data: object, message: mqtt.MQTTMessage) -> None:
            loop.call_soon_threadsafe(self.say, message.payload.decode())

        client.on_socket_open = at_once
        client.on_message = told
        client.connect(host, int(port))
        client.subscribe("ward/+/+/readings/#", 1)
        client.loop_start()
        await asyncio.Event().wait()


def at_once(_client: mqtt.Client, _data: object, sock: Any) -> None:
    """Have the kernel send small packets at once, which paho does not ask for."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


async def main() -> None:
    """Do what the command line asks."""
    port, way, *rest = sys.argv[1:]
    bare = Bare()
    async with serve(bare.talk, "127.0.0.1", int(port), compression=None, ping_interval=None):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await (bare.clock(float(rest[0])) if way == "clock" else bare.paho(*rest))


if __name__ == "__main__":
    uvloop.run(main())
