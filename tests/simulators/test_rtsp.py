import contextlib
import socket
from collections.abc import Iterator
from itertools import pairwise

import av
import numpy as np
import pytest
from av import VideoFrame
from av.container import InputContainer

from simulators.rtsp import Account, Codec, Fault, RtspServer
from tests.simulators.numbered import number, pictures
from vision.frames import Image

FPS = 50.0
QUICK = {"rtsp_transport": "tcp", "analyzeduration": "100000", "probesize": "200000"}
WARD = Account("ward", "p@ss: w/d", "digest")


def opened(url: str) -> InputContainer:
    return av.open(url, options=QUICK, timeout=(3.0, 1.0))


def frames(container: InputContainer, count: int) -> list[Image]:
    decoded = container.decode(container.streams.video[0])
    return [pixels(next(decoded)) for _ in range(count)]


def shown(url: str) -> list[int]:
    """Return the numbers of all pictures until the server ends the connection."""
    numbers: list[int] = []
    with opened(url) as container, contextlib.suppress(av.FFmpegError):
        numbers += (number(pixels(frame)) for frame in container.decode(container.streams.video[0]))
    return numbers


def pixels(frame: VideoFrame) -> Image:
    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def seen(url: str, count: int = 5) -> list[int]:
    with opened(url) as container:
        return [number(image) for image in frames(container, count)]


@pytest.mark.parametrize("codec", list(Codec))
def test_every_picture_arrives_once_and_in_order(codec: Codec) -> None:
    with RtspServer(pictures, fps=FPS, codec=codec) as server:
        numbers = seen(server.url, 10)

    assert all(after == before + 1 for before, after in pairwise(numbers))
    assert server.clients == 0


def test_large_pictures_are_sent_in_fragments() -> None:
    rng = np.random.default_rng(1)

    def noise() -> Iterator[Image]:
        while True:
            yield rng.integers(0, 256, (240, 320, 3), dtype=np.uint8)

    with RtspServer(noise, fps=FPS) as server, opened(server.url) as container:
        assert all(image.std() > 40 for image in frames(container, 3))


def test_two_clients_see_the_same_stream() -> None:
    with RtspServer(pictures, fps=FPS) as server, opened(server.url) as one, opened(server.url) as other:
        first, second = frames(one, 20), frames(other, 5)

        assert server.clients == 2
    assert {number(image) for image in second} & {number(image) for image in first}


@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_only_who_knows_the_password_is_shown_anything(scheme: str) -> None:
    account = Account(WARD.user, WARD.password, "basic" if scheme == "basic" else "digest")
    with RtspServer(pictures, fps=FPS, account=account) as server:
        for url in (server.url, server.signed_url.replace("ward", "guest"), server.signed_url.replace("w%2Fd", "xyz")):
            with pytest.raises(av.HTTPUnauthorizedError):
                opened(url)

        assert len(seen(server.signed_url)) == 5


def test_another_path_is_not_found() -> None:
    with RtspServer(pictures, path="/gate") as server, pytest.raises(av.HTTPNotFoundError):
        opened(f"{server.url}way")


def test_a_frozen_camera_keeps_the_connection_and_sends_nothing() -> None:
    with RtspServer(pictures, fps=FPS) as server, opened(server.url) as container:
        frames(container, 2)
        server.fail(Fault.FROZEN)
        with pytest.raises((TimeoutError, av.ExitError)):
            frames(container, 500)
        assert server.clients == 1
        server.fail(Fault.NONE)

        assert len(seen(server.url)) == 5


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.GARBAGE])
def test_a_camera_that_answers_nothing_or_nonsense_cannot_be_opened(fault: Fault) -> None:
    with RtspServer(pictures) as server:
        server.fail(fault)
        with pytest.raises((TimeoutError, av.FFmpegError)):
            av.open(server.url, options=QUICK, timeout=(1.0, 1.0))


def test_a_killed_connection_ends_and_a_new_one_goes_on_with_the_pictures() -> None:
    with RtspServer(pictures, fps=FPS) as server:
        with opened(server.url) as container:
            last = number(frames(container, 3)[-1])
            server.kill()
            with pytest.raises((av.FFmpegError, StopIteration)):
                frames(container, 500)

        assert seen(server.url, 1)[0] > last
        assert server.connections == 2


def test_an_absent_camera_comes_back_at_the_same_port() -> None:
    with RtspServer(pictures, fps=FPS) as server:
        seen(server.url)
        server.absent()
        with pytest.raises(av.ConnectionRefusedError):
            opened(server.url)
        server.present()

        assert len(seen(server.url)) == 5


def test_pictures_change_their_size_while_somebody_watches() -> None:
    with RtspServer(pictures, fps=FPS) as server, opened(server.url) as container:
        frames(container, 2)
        server.change(size=(160, 90))

        assert (90, 160, 3) in {image.shape for image in frames(container, 25)}


def test_who_asks_after_a_change_of_codec_is_told_the_new_one() -> None:
    with RtspServer(pictures, fps=FPS) as server:
        seen(server.url)
        server.change(codec=Codec.MPEG4)
        with opened(server.url) as container:
            assert container.streams.video[0].codec_context.name == "mpeg4"


def test_at_the_end_of_the_pictures_clients_are_dropped_and_the_next_one_sees_them_from_the_start() -> None:
    with RtspServer(lambda: pictures(8), fps=FPS) as server:
        assert [shown(server.url), shown(server.url)] == [list(range(8)), list(range(8))]
    assert server.sent == 16


def test_what_the_pictures_raise_is_raised_where_the_server_is_left() -> None:
    def broken() -> Iterator[Image]:
        yield from pictures(2)
        raise ValueError("no more paint")

    with pytest.raises(ValueError, match="no more paint"), RtspServer(broken, fps=FPS) as server:
        assert len(shown(server.url)) == 2


def test_what_is_no_rtsp_ends_the_connection() -> None:
    with RtspServer(pictures) as server, socket.create_connection(("127.0.0.1", server.port), timeout=3) as client:
        client.sendall(b"\x16\x03\x01\r\n\r\n")

        assert client.recv(1) == b""
