"""What we replace in paho and rely on: it fails when paho changes."""

import socket
from typing import Any

import pytest
from paho.mqtt.reasoncodes import ReasonCode

from tests.wardroom.wires import CONNACK
from wardroom import dial
from wardroom.handshake import Handshake
from wardroom.packets import Outgoing
from wardroom.settings import Broker, Secret


def test_paho_writes_and_reads_only_through_our_hands() -> None:
    answers = list[Any]()
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = new(server.getsockname()[1])
        client.on_connect = lambda _client, _data, _flags, reason, _properties: answers.append(reason)
        client.on_subscribe = lambda _client, _data, mid, reasons, _properties: answers.append((mid, reasons))
        client.connect("127.0.0.1", server.getsockname()[1])
        far, _ = server.accept()
        connect = client.written()
        client.hand(CONNACK)
        client.subscribe([("a/#", 1), ("b", 0)])
        subscribe = client.written()
        client.hand(b"\x90\x04\x00\x01\x01\x80")
        client.hand(b"\xd0\x00")
        far.setblocking(False)
        with pytest.raises(BlockingIOError):  # paho sent nothing itself
            far.recv(1)
        far.close()
        dial.close(client)

    assert (connect[0], connect[2:8]) == (0x10, b"\x00\x04MQTT")
    assert connect.endswith(b"\x00\x01w\x00\x01x\x00\x01u\x00\x01p")  # the will, the account
    assert subscribe == b"\x82\x0c\x00\x01\x00\x03a/#\x01\x00\x01b\x00"
    assert answers[0] == "Success"
    mid, reasons = answers[1]
    assert mid == 1  # the packet id that messages leave free
    assert [reason.is_failure for reason in reasons] == [False, True]
    assert isinstance(reasons[0], ReasonCode)
    assert client.written() == b""


def new(port: int) -> Handshake:
    broker = Broker(port=port, username="u", password=Secret("p"))
    return dial.new_client(broker, "c", clean=True, will=Outgoing("w", b"x"))
