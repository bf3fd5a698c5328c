import contextlib
import socket
from pathlib import Path
from threading import Event, Thread

import pytest

from edge.center_link import HINT_S, CenterLink
from tests.edge.a_center import TOKEN, Asked, a_center
from tests.edge.a_certificate import certificate
from wardroom.embedded.ports import free_port
from wardroom.errors import CenterError, CenterGone, CenterRefused, ConfigError


def echo(asked: Asked) -> tuple[int, bytes]:
    return 200, asked.body or b"seen"


def test_a_question_carries_the_token_and_brings_the_answer() -> None:
    with a_center(echo) as center:
        link = CenterLink(center.settings())
        answers = link.get("/roster", {"If-None-Match": '"1"'}), link.post("/evidence/x", b"jpeg", "image/jpeg")

    got, posted = center.asked
    assert [answer.body for answer in answers] == [b"seen", b"jpeg"]
    assert (got.path, got.headers["if-none-match"], posted.headers["content-type"]) == ("/api/v1/gateway/roster", '"1"', "image/jpeg")
    assert {got.headers["authorization"], posted.headers["authorization"]} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, CenterGone),
        (403, CenterGone),
        (302, CenterGone),
        (404, CenterGone),
        (407, CenterGone),
        (413, CenterRefused),
        (422, CenterRefused),
        (429, CenterGone),
        (500, CenterGone),
        (503, CenterGone),
    ],
)
def test_what_will_pass_is_told_from_what_never_will(status: int, kind: type[CenterError]) -> None:
    with a_center(lambda _: (status, b"why")) as center, pytest.raises(kind) as told:
        CenterLink(center.settings()).get("/roster")

    assert str(status) in str(told.value)
    assert TOKEN not in str(told.value)


def test_a_redirect_is_not_followed_so_that_the_token_goes_nowhere_else() -> None:
    with a_center(lambda _: (302, b"")) as center, pytest.raises(CenterGone):
        CenterLink(center.settings()).get("/roster")

    assert len(center.asked) == 1


def test_a_center_that_is_not_there_or_says_nothing_is_gone_in_bounded_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, a_center(echo) as center:
        for port in (free_port(), silent.getsockname()[1]):
            settings = center.settings(center=f"http://127.0.0.1:{port}", timeout_s=0.5)
            with pytest.raises(CenterGone):
                CenterLink(settings).get("/roster")


@pytest.mark.parametrize("said", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", b""])
def test_an_answer_that_is_none_or_ends_early_is_no_answer(said: bytes) -> None:
    def talk(listening: socket.socket) -> None:
        peer, _ = listening.accept()
        with peer:
            peer.recv(4_096)
            peer.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as listening, a_center(echo) as center:
        talking = Thread(target=talk, args=(listening,))
        talking.start()
        with pytest.raises(CenterGone):
            CenterLink(center.settings(center=f"http://127.0.0.1:{listening.getsockname()[1]}")).get("/roster")
        talking.join()


def test_an_answer_that_comes_letter_by_letter_is_waited_for_only_so_long() -> None:
    left = Event()

    def drip(listening: socket.socket) -> None:
        peer, _ = listening.accept()
        with peer, contextlib.suppress(OSError):
            peer.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not left.wait(0.05):
                peer.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as listening, a_center(echo) as center:
        dripping = Thread(target=drip, args=(listening,))
        dripping.start()
        link = CenterLink(center.settings(center=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout_s=2.0), total_s=0.5)
        try:
            with pytest.raises(CenterGone):
                link.get("/roster")
        finally:
            left.set()
            dripping.join()


def test_only_a_center_with_a_trusted_certificate_of_its_own_address_is_spoken_to(tmp_path: Path) -> None:
    own, trusted = certificate(tmp_path)
    others, of_another = certificate(tmp_path, "10.1.2.3")
    with a_center(echo, tls=own) as center:
        assert CenterLink(center.settings(ca=str(trusted))).get("/roster").body == b"seen"
        for ca in (None, str(of_another)):
            with pytest.raises(CenterGone, match="CERTIFICATE_VERIFY_FAILED"):
                CenterLink(center.settings(ca=ca)).get("/roster")
    with a_center(echo, tls=others) as center, pytest.raises(CenterGone, match="CERTIFICATE_VERIFY_FAILED"):
        CenterLink(center.settings(ca=str(of_another))).get("/roster")

    assert center.asked == []


def test_authorities_that_cannot_be_read_are_a_settings_error(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nonsense")
    with a_center(echo, tls=certificate(tmp_path)[0]) as center:
        for name in ("ca.pem", "nowhere.pem"):
            with pytest.raises(ConfigError, match=r"checkin\.ca"):
                CenterLink(center.settings(ca=str(tmp_path / name)))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7), ("600", 600), ("99999999999", HINT_S), ("", 0), ("-1", 0), ("Wed, 21 Oct 2026", 0), ("٣", 0)],
)
def test_when_to_come_again_is_heard_and_never_longer_than_a_quarter_of_an_hour(said: str, seconds: int) -> None:
    with a_center(lambda _: (507, b"full")) as center:
        center.headers["retry-after"] = said.encode().decode("latin-1")
        with pytest.raises(CenterGone) as gone:
            CenterLink(center.settings()).get("/roster")

    assert gone.value.data["retry_after_s"] == seconds
