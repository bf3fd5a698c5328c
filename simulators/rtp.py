"""NAL units → RTP packets, and the session description that announces them: RFC 6184 (H.264), RFC 7798 (H.265), RFC 6416 (MPEG-4)."""

import struct
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Final

from simulators.video_encoder import AccessUnit, Codec

PAYLOAD_TYPE: Final = 96
"""The first of the dynamic ones (RFC 3551)."""
_MOST: Final = 1_400
"""Bytes of payload a packet: what fits an Ethernet frame."""
_FU_A: Final = 28
_FU_H265: Final = 49
_LAST: Final = 0x80
"""The marker bit: the picture ends here."""


class Packer:
    """Numbers one client's packets; each client's numbers are its own."""

    def __init__(self, source: int) -> None:
        self._source = source
        self._number = 0

    def packets(self, unit: AccessUnit) -> Iterator[bytes]:
        """Yield the packets of one access unit; the last one is marked as its end."""
        payloads = [payload for nal in unit.nals for payload in _payloads(unit.codec, nal)]
        for index, payload in enumerate(payloads):
            marker = _LAST if index == len(payloads) - 1 else 0
            head = struct.pack(">BBHII", 0x80, marker | PAYLOAD_TYPE, self._number & 0xFFFF, unit.ticks & 0xFFFFFFFF, self._source)
            self._number += 1
            yield head + payload


def description(codec: Codec, parameters: Sequence[bytes]) -> str:
    """Return the session description (SDP) of a stream with these parameter sets."""
    lines = [
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        "s=Wardroom",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        f"a=rtpmap:{PAYLOAD_TYPE} {_NAMES[codec]}/90000",
        f"a=fmtp:{PAYLOAD_TYPE} {_format(codec, parameters)}",
        "a=control:video",
    ]
    return "".join(f"{line}\r\n" for line in lines)


_NAMES: Final = {Codec.H264: "H264", Codec.H265: "H265", Codec.MPEG4: "MP4V-ES"}


def _format(codec: Codec, parameters: Sequence[bytes]) -> str:
    if codec is Codec.MPEG4:
        return f"profile-level-id=1;config={parameters[0].hex().upper()}"
    if codec is Codec.H264:
        sets = ",".join(b64encode(one).decode() for one in parameters)
        return f"packetization-mode=1;profile-level-id={parameters[0][1:4].hex().upper()};sprop-parameter-sets={sets}"
    kinds = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}
    named = {kinds[kind]: b64encode(one).decode() for one in parameters if (kind := one[0] >> 1 & 0x3F) in kinds}
    return ";".join(f"{name}={value}" for name, value in named.items())


def _payloads(codec: Codec, nal: bytes) -> Iterator[bytes]:
    """Yield a NAL unit as payloads: whole where it fits, else in fragments that say which is the first and which the last."""
    if len(nal) <= _MOST:
        yield nal
        return
    if codec is Codec.MPEG4:
        yield from (nal[start : start + _MOST] for start in range(0, len(nal), _MOST))
        return
    skip = 1 if codec is Codec.H264 else 2
    kind = nal[0] & 0x1F if codec is Codec.H264 else nal[0] >> 1 & 0x3F
    indicator = bytes([nal[0] & 0xE0 | _FU_A]) if codec is Codec.H264 else bytes([nal[0] & 0x81 | _FU_H265 << 1, nal[1]])
    for start in range(skip, len(nal), _MOST):
        first, last = start == skip, start + _MOST >= len(nal)
        yield indicator + bytes([first << 7 | last << 6 | kind]) + nal[start : start + _MOST]
