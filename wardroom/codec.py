"""bytes in any pieces → whole MQTT 3.1.1 packets; messages and acknowledgements → bytes. No socket, no clock; strict and bounded.

Only what comes thousands of times a second is read and made here: PUBLISH and PUBACK. The rest is a `Packet` for somebody else.
A message longer than is taken comes all the same, cut short: a connection dropped for it would get it again, and again, for ever.
"""

from struct import Struct
from typing import Final, NamedTuple

from wardroom.packets import Incoming, Outgoing
from wardroom.senml import WIRE_LIMIT

TOPIC_LIMIT: Final = 65_535
PACKET_LIMIT: Final = 2 * WIRE_LIMIT + TOPIC_LIMIT
"""What is taken of a packet: twice the wire limit, so that a message that was cut short is still too large for whoever decodes it."""
LENGTH_LIMIT: Final = 268_435_455

CONNACK: Final = 0x20
PUBLISH: Final = 0x30
PUBACK: Final = 0x40
SUBACK: Final = 0x90
PINGRESP: Final = 0xD0
PINGREQ: Final = b"\xc0\x00"
DISCONNECT: Final = b"\xe0\x00"
UNREADABLE: Final = "\ufffd"
"""The topic of a message whose topic is no text: nobody's, so it ends as a dead letter instead of coming again for ever."""

_HEAD: Final = 2
_LENGTH_BYTES: Final = 4
_ACKNOWLEDGEMENT: Final = Struct(">BBH")
_TWO: Final = Struct(">H")


class Malformed(ValueError):
    """The broker sent what MQTT 3.1.1 does not allow, or more than is taken of what is no message; there is no way to go on reading."""


class Packet(NamedTuple):
    """One packet: the first byte (type and flags) and what follows the length."""

    first: int
    body: bytes

    def whole(self) -> bytes:
        """Return its bytes as they came."""
        return bytes((self.first,)) + _length(len(self.body)) + self.body


class Reader:
    """Cuts a stream into packets; holds what was fed and not yet taken, and at most one unfinished packet within `limit` bytes.

    Of a message's packet above `limit` only so many bytes are kept; the others are passed over as they come.
    """

    def __init__(self, limit: int = PACKET_LIMIT) -> None:
        self._limit = limit
        self._data = b""
        self._at = 0
        self._unfinished = bytearray()
        self._wanted = _HEAD
        self._excess = 0

    def feed(self, data: bytes) -> None:
        """Take what was read; a long packet is only put together once all of it is there."""
        if self._excess:
            passed = min(self._excess, len(data))
            self._excess -= passed
            data = data[passed:]
        if self._unfinished:
            self._unfinished += data
            if len(self._unfinished) < self._wanted:
                return
            data = bytes(self._unfinished)
            self._unfinished.clear()
        elif self._at < len(self._data):
            data = self._data[self._at :] + data
        self._data, self._at = data, 0

    def take(self) -> Packet | None:
        """Return the next packet, or None until more is fed; raises Malformed."""
        data, at = self._data, self._at
        have = len(data)
        if have - at < _HEAD:
            if not self._unfinished:
                self._wait(_HEAD)
            return None
        length = data[at + 1]
        body = at + _HEAD
        if length > 127:
            length, body = self._long(data, at)
            if not body:
                self._wait(have - at + 1)
                return None
        end = body + min(length, self._limit)
        if end > have:
            self._wait(end - at)
            return None
        self._at = min(body + length, have)
        self._excess = body + length - self._at
        return Packet(data[at], data[body:end])

    def _long(self, data: bytes, at: int) -> tuple[int, int]:
        """Return a length of more than one byte and where it ends (0 while it has not ended)."""
        length = 0
        for place, byte in enumerate(data[at + 1 : at + 1 + _LENGTH_BYTES]):
            length |= (byte & 127) << 7 * place
            if byte < 128:
                if length > self._limit and data[at] & 0xF0 != PUBLISH:
                    raise Malformed(f"a packet of {length:,} bytes, more than the {self._limit:,} that are taken")
                return length, at + _HEAD + place
        if len(data) - at > _LENGTH_BYTES:
            raise Malformed("a packet's length of more than four bytes")
        return 0, 0

    def _wait(self, wanted: int) -> None:
        """Keep the rest until there are `wanted` bytes of it."""
        self._unfinished += self._data[self._at :]
        self._data, self._at, self._wanted = b"", 0, wanted


def read_message(packet: Packet, generation: int) -> Incoming:
    """Return the message of a PUBLISH packet that came over connection `generation`; raises Malformed."""
    first, body = packet
    qos = first >> 1 & 3
    if qos > 1:
        raise Malformed(f"a message of quality of service {qos}")
    size = len(body)
    end = _HEAD + (body[0] << 8 | body[1]) if size >= _HEAD else size
    start = end + 2 * qos
    if end == _HEAD or start > size or size < _HEAD:
        raise Malformed("a message without a topic or a packet id")
    mid = body[end] << 8 | body[end + 1] if qos else 0
    if qos and not mid:
        raise Malformed("a message with the packet id 0")
    try:
        topic = body[_HEAD:end].decode()
    except UnicodeDecodeError:
        topic = UNREADABLE
    return Incoming(topic, body[start:], qos, bool(first & 1), bool(first & 8), mid, generation)


def read_acknowledged(packet: Packet) -> int:
    """Return the packet id of a PUBACK; raises Malformed."""
    if packet.first != PUBACK or len(packet.body) != 2:
        raise Malformed("an acknowledgement that is none")
    (mid,) = _TWO.unpack(packet.body)
    return int(mid)


def acknowledgement(mid: int) -> bytes:
    """Return the PUBACK of a message."""
    return _ACKNOWLEDGEMENT.pack(PUBACK, 2, mid)


def message(outgoing: Outgoing, mid: int) -> bytes:
    """Return the PUBLISH of a message; `mid` is left out at QoS 0. Raises ValueError for a topic or a length that MQTT has no room for."""
    topic = outgoing.topic.encode()
    if not 0 < len(topic) <= TOPIC_LIMIT or b"+" in topic or b"#" in topic:
        raise ValueError(f"a message cannot be published under the topic {outgoing.topic[:80]!r}")
    body = _TWO.pack(len(topic)) + topic + (_TWO.pack(mid) if outgoing.qos else b"") + outgoing.payload
    return bytes((PUBLISH | outgoing.qos << 1 | outgoing.retain,)) + _length(len(body)) + body


def _length(size: int) -> bytes:
    if size > LENGTH_LIMIT:
        raise ValueError(f"a packet of {size:,} bytes is more than MQTT has room for")
    encoded = bytearray()
    while size > 127:
        encoded.append(size & 127 | 128)
        size >>= 7
    encoded.append(size)
    return bytes(encoded)
