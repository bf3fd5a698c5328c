"""one RTSP connection: requests → answers, access units → RTP interleaved on the same connection (RFC 2326, chapter 10.12)."""

import asyncio
import secrets
import struct
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from simulators.rtp import Packer
from simulators.rtsp_dialogue import Account, Request, answer, received
from simulators.rtsp_stream import Stream
from simulators.video_encoder import AccessUnit

_BEHIND: Final = 4 * 2**20
"""Bytes a client may be behind; beyond them it is shown nothing before the next key picture."""
_GARBAGE: Final = 400
_METHODS: Final = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"


class Fault(Enum):
    """What is wrong with the camera."""

    NONE = auto()
    FROZEN = auto()
    """Connections stay and requests are answered, but no picture comes any more."""
    SILENT = auto()
    """Connections are accepted; no request is answered and no picture comes."""
    GARBAGE = auto()
    """Requests are answered with noise, and pictures are noise in well-formed packets."""


class Session:
    """One client. `fault` tells what is wrong with the camera at this moment."""

    def __init__(
        self, stream: Stream, writer: asyncio.StreamWriter, *, path: str, account: Account | None, fault: Callable[[], Fault]
    ) -> None:
        self._stream = stream
        self._writer = writer
        self._path = path
        self._account = account
        self._fault = fault
        self._nonce = secrets.token_hex(8)
        self._name = secrets.token_hex(8)
        self._packer = Packer(secrets.randbits(32))
        self._channel = 0
        self._skips = True

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Answer until either side ends it."""
        try:
            while (request := await received(reader)) is not None:
                if self._fault() is Fault.GARBAGE:
                    self._writer.write(secrets.token_bytes(_GARBAGE))
                elif self._fault() is not Fault.SILENT:
                    self._writer.write(await self._answered(request))
                if request.method == "TEARDOWN":
                    break
        finally:
            self._stream.leave(self)
            self.drop()

    def show(self, unit: AccessUnit) -> None:
        """Send an access unit; a client too far behind misses all up to the next key picture."""
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > _BEHIND:
            self._skips = True
        if self._skips and not unit.key:
            return
        self._skips = False
        interleaved = b""
        for packet in self._packer.packets(unit):
            sent = packet if self._fault() is not Fault.GARBAGE else packet[:12] + secrets.token_bytes(len(packet) - 12)
            interleaved += struct.pack(">cBH", b"$", self._channel, len(sent)) + sent
        self._writer.write(interleaved)

    def end(self) -> None:
        """Close the connection after what was sent."""
        self._writer.close()

    def drop(self) -> None:
        """Close the connection at once, whatever is under way."""
        self._writer.transport.abort()

    async def _answered(self, request: Request) -> bytes:
        if request.method == "OPTIONS":
            return answer(request, 200, {"Public": _METHODS})
        if self._account is not None and not self._account.signed(request, self._nonce):
            return answer(request, 401, {"WWW-Authenticate": self._account.challenge(self._nonce)})
        if not (request.path.rstrip("/") + "/").startswith(f"{self._path}/"):
            return answer(request, 404)
        if request.method == "DESCRIBE":
            return await self._described(request)
        return self._obeyed(request)

    def _obeyed(self, request: Request) -> bytes:
        match request.method:
            case "SETUP":
                return self._set_up(request)
            case "PLAY":
                self._stream.join(self)
            case "PAUSE" | "TEARDOWN":
                self._stream.leave(self)
            case "GET_PARAMETER" | "SET_PARAMETER":
                pass
            case _:
                return answer(request, 501)
        return answer(request, 200, {"Session": self._name})

    async def _described(self, request: Request) -> bytes:
        description = await self._stream.describe()
        if description is None:
            return answer(request, 404)
        return answer(request, 200, {"Content-Type": "application/sdp", "Content-Base": f"{request.uri.rstrip('/')}/"}, description)

    def _set_up(self, request: Request) -> bytes:
        """Agree on RTP over this connection; anything else is declined (461)."""
        transport = request.headers.get("transport", "")
        if "RTP/AVP/TCP" not in transport:
            return answer(request, 461)
        _, _, channels = transport.partition("interleaved=")
        self._channel = int(channels.partition("-")[0]) if channels[:1].isdigit() else 0
        agreed = f"RTP/AVP/TCP;unicast;interleaved={self._channel}-{self._channel + 1}"
        return answer(request, 200, {"Transport": agreed, "Session": f"{self._name};timeout=60"})
