import socket
import threading
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import pytest

from simulators.rtsp import Account, RtspServer
from tests.edge.shows import camera, shown
from tests.edge.waiting import until
from tests.simulators.numbered import pictures
from wardroom.camera_events import CameraReason, CameraState

SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:video\r\n"
)
ANSWERS = {
    b"OPTIONS": "Public: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n",
    b"DESCRIBE": f"Content-Type: application/sdp\r\nContent-Length: {len(SDP)}\r\n\r\n{SDP}",
    b"SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n\r\n",
}


def dying(listener: socket.socket, last: bytes, *, hangs: bool) -> None:
    """Answer each client up to a request and hang up, or say nothing more."""
    with ExitStack() as kept, suppress(OSError):
        while True:
            connection, _ = listener.accept()
            kept.enter_context(connection)
            while (request := connection.recv(4_000)) and not request.startswith(last):
                number = next(line for line in request.split(b"\r\n") if line.startswith(b"CSeq"))
                connection.sendall(b"RTSP/1.0 200 OK\r\n" + number + b"\r\n" + ANSWERS[request.split()[0]].encode())
            if not hangs:
                connection.close()


@pytest.mark.parametrize("last", [b"OPTIONS", b"DESCRIBE", b"SETUP", b"PLAY"])
@pytest.mark.parametrize(("hangs", "reason"), [(True, CameraReason.NO_ANSWER), (False, CameraReason.REFUSED)])
async def test_a_camera_that_dies_while_it_is_asked_is_neither_short_of_an_account_nor_of_a_codec(
    last: bytes, reason: CameraReason, tmp_path: Path, *, hangs: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=partial(dying, listener, last, hangs=hangs), daemon=True).start()
        url = f"rtsp://ward:s3cr3t@127.0.0.1:{listener.getsockname()[1]}/"
        async with shown(camera(url=url, open_s=0.5, stall_s=0.5, fps=10.0), tmp_path) as show:
            await until(lambda: bool(show.told))
            listener.shutdown(socket.SHUT_RDWR)

    assert (show.told[0].state, show.told[0].reason) == (CameraState.OFFLINE, reason)


@pytest.mark.parametrize("account", [Account("quản trị", "mật khẩu"), Account("ward", "a:b@c/d%20e#f?g+h"), Account("ward", "[x]\\")])
async def test_an_account_may_have_any_letters(account: Account, tmp_path: Path) -> None:
    with RtspServer(pictures, account=account) as server:
        for settings in (camera(url=server.signed_url), camera(url=server.url, username=account.user, password=account.password)):
            async with shown(settings, tmp_path) as show:
                await show.frame()
