import asyncio
import dataclasses
import resource
import socket
from pathlib import Path

import httpx
import msgspec
import pytest

from center import app as application
from center import server
from center.live import Screens
from center.room import Room
from center.settings import Center
from tests.center.running import settings
from wardroom import service
from wardroom.clock import SystemClock
from wardroom.embedded.ports import free_port
from wardroom.errors import ConfigError, WardroomError
from wardroom.settings import Broker, Database, Listen, Secret


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(ConfigError, match=f"listen.port: {port} on 127.0.0.1 cannot be used"):
            server.listener(Listen(port=port))


def test_connections_inherit_what_keeps_them_quick_and_mortal() -> None:
    port = free_port()
    with server.listener(Listen(port=port)) as listening, socket.create_connection(("127.0.0.1", port), timeout=5):
        listening.setblocking(True)
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == server.DEAD_MS


def test_more_screens_than_files_are_made_room_for() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (300, hard))
    try:
        server.allow_files(400)
        enough = resource.getrlimit(resource.RLIMIT_NOFILE)
        server.allow_files(350)
        still = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert enough == still == (400, hard)


async def test_pages_that_were_not_built_are_one_sentence(tmp_path: Path) -> None:
    database = Database(host="127.0.0.1", port=1, user="nobody", password=Secret("x"))
    broker = Broker(host="127.0.0.1", port=1, username="nobody", password=Secret("x"))
    room = Room.assemble(settings(database, broker, web=tmp_path), SystemClock())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application.create(room)), base_url="http://c.example") as client:
        answer = await client.get("/signin/", headers={"accept-language": "en"})

    assert (answer.status_code, answer.json()["type"]) == (404, "not-built")
    assert "were not built" in answer.json()["detail"]


def test_a_folder_of_pages_that_is_not_there_is_refused_at_the_start(lonely: Room) -> None:
    elsewhere = msgspec.structs.replace(lonely.settings, center=Center(web="/no/such/folder"))

    with pytest.raises(ConfigError, match=r"center\.web: there is no folder '/no/such/folder'"):
        application.create(dataclasses.replace(lonely, settings=elsewhere))


@pytest.mark.parametrize("host", ["a\0b", "no.such.host.invalid", "203.0.113.7", "x" * 300, "", "."])
def test_a_host_that_cannot_be_listened_at_is_named_and_not_the_port(host: str) -> None:
    with pytest.raises(ConfigError, match=r"listen\.host: ") as caught:
        server.listener(Listen(host=host or "\ud800", port=1))

    assert str(caught.value).isprintable()


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"center\.proxies: 'nginx' is no address"):
        server.config(None, Center(proxies=("10.0.0.0/24", "nginx")))


class Broken(Screens):
    """Screens whose heartbeat has a bug."""

    async def beat(self) -> None:
        raise ZeroDivisionError


async def test_a_bug_in_a_task_ends_the_center_instead_of_leaving_half_of_it(lonely: Room) -> None:
    broken = dataclasses.replace(lonely, screens=Broken(hub=lonely.hub, clock=lonely.clock))

    with pytest.raises(WardroomError, match="stopped by itself"):
        await asyncio.wait_for(server.serve(broken), 10)


async def test_a_setting_that_proves_wrong_later_is_its_sentence_and_no_traceback(lonely: Room, capsys: pytest.CaptureFixture[str]) -> None:
    class Misled(Screens):
        async def beat(self) -> None:
            raise ConfigError("broker.no_authorities", field="broker.tls_ca", value="/no/ca.pem", detail="no such file")

    misled = dataclasses.replace(lonely, screens=Misled(hub=lonely.hub, clock=lonely.clock))

    with pytest.raises(ConfigError, match=r"broker\.tls_ca") as caught:
        await asyncio.wait_for(server.serve(misled), 10)
    assert service.report(caught.value) == service.MISCONFIGURED
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
