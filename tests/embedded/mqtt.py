"""A plain MQTT client for the tests of the brokers themselves: paho with its own thread, nothing of the product."""

import queue
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from wardroom.embedded.access import User

WITHIN_S = 30.0


class Plain:
    """One connection; `received` are the messages as (topic, payload), and so is `will`."""

    def __init__(self, user: User, client_id: str | None = None, *, clean: bool = True, will: tuple[str, bytes] | None = None) -> None:
        self.received: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._answers: queue.Queue[ReasonCode] = queue.Queue()
        self._grants: queue.Queue[list[ReasonCode]] = queue.Queue()
        name = client_id or f"plain-{secrets.token_hex(4)}"
        self._client = Client(CallbackAPIVersion.VERSION2, name, clean_session=clean, reconnect_on_failure=False)
        self._client.username_pw_set(user.name, user.password)
        if will is not None:
            self._client.will_set(*will, qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def connect(self, port: int) -> bool:
        """Connect; return whether the broker accepts."""
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        return not self._answers.get(timeout=WITHIN_S).is_failure

    def subscribe(self, topic: str) -> bool:
        """Subscribe at QoS 1; return whether it was granted."""
        self._client.subscribe(topic, qos=1)
        return not self._grants.get(timeout=WITHIN_S)[0].is_failure

    def publish(self, topic: str, payload: bytes = b"x", *, retain: bool = False, acknowledged: bool = False) -> None:
        """Publish at QoS 1 and, if `acknowledged`, wait for the broker's word."""
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        if acknowledged:
            sent.wait_for_publish(WITHIN_S)

    def next(self, within_s: float = WITHIN_S) -> tuple[str, bytes]:
        return self.received.get(timeout=within_s)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, _client: Client, _data: None, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None) -> None:
        self._answers.put(reason)

    def _on_subscribe(self, _client: Client, _data: None, _mid: int, reasons: list[ReasonCode], _properties: Properties | None) -> None:
        self._grants.put(reasons)

    def _on_message(self, _client: Client, _data: None, message: MQTTMessage) -> None:
        self.received.put((message.topic, bytes(message.payload)))


@contextmanager
def connected(
    user: User, port: int, client_id: str | None = None, *, clean: bool = True, will: tuple[str, bytes] | None = None
) -> Iterator[Plain]:
    """Connect as `user` for a while."""
    client = Plain(user, client_id, clean=clean, will=will)
    assert client.connect(port), f"{user.name} was refused"
    try:
        yield client
    finally:
        client.close()
