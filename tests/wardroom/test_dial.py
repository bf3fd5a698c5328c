import asyncio
import time
from typing import Any

import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from wardroom import dial
from wardroom.errors import BrokerGone
from wardroom.handshake import Handshake
from wardroom.settings import Broker, Secret


class Slow(Handshake):
    """A dial that takes its time."""

    def connect(self, *args: Any, **keywords: Any) -> MQTTErrorCode:
        time.sleep(0.3)
        return super().connect(*args, **keywords)


async def test_a_connection_nobody_waits_for_any_more_is_closed() -> None:
    closed = asyncio.Event()

    async def wait_for_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        closed.set()

    async with await asyncio.start_server(wait_for_the_end, "127.0.0.1", 0) as server:
        broker = Broker(port=server.sockets[0].getsockname()[1], username="u", password=Secret("p"))
        with pytest.raises(BrokerGone) as caught:
            await dial.dial(Slow(CallbackAPIVersion.VERSION2), broker, within_s=0.05)
        async with asyncio.timeout(30):
            await closed.wait()

    assert "no connection in 0.05 s" in str(caught.value)


class Hasty(Handshake):
    """A connection that is lost while CONNECT is written."""

    def connect(self, *args: Any, **keywords: Any) -> MQTTErrorCode:
        return MQTTErrorCode.MQTT_ERR_CONN_LOST if args or keywords else MQTTErrorCode.MQTT_ERR_SUCCESS


async def test_a_connection_lost_while_it_is_made_is_gone() -> None:
    broker = Broker(username="u", password=Secret("p"))

    with pytest.raises(BrokerGone):
        await dial.dial(Hasty(CallbackAPIVersion.VERSION2), broker)
