import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from wardroom import health
from wardroom.embedded.ports import free_port
from wardroom.errors import ConfigError
from wardroom.health import CONNECTIONS, serve
from wardroom.settings import Listen, Secret


@asynccontextmanager
async def serving(bearer: str | None = "sesame", trouble: Callable[[], str | None] = lambda: None) -> AsyncIterator[Listen]:
    listen = Listen(port=free_port(), token=Secret(bearer) if bearer else None)
    task = asyncio.create_task(serve(listen, trouble))
    async with asyncio.timeout(30):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(listen.host, listen.port)
                writer.close()
                break
            await asyncio.sleep(0.01)
    try:
        yield listen
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def ask(listen: Listen, request: bytes) -> tuple[int, str, str]:
    """Return status, headers and body of the answer."""
    reader, writer = await asyncio.open_connection(listen.host, listen.port)
    writer.write(request)
    async with asyncio.timeout(30):
        answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]), head, body


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


async def test_a_well_service_says_ok_to_anybody() -> None:
    async with serving() as listen:
        status, head, body = await ask(listen, get("/healthz?full=1"))

    assert (status, body) == (200, "ok\n")
    assert "Content-Length: 3" in head


async def test_a_service_in_trouble_says_why() -> None:
    async with serving(trouble=lambda: "không có máy chủ MQTT") as listen:
        assert (await ask(listen, get("/healthz")))[::2] == (503, "không có máy chủ MQTT\n")


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("sesame", ["Authorization: Bearer sesame"], 200),
        ("sesame", ["authorization:bearer   sesame"], 200),
        ("sesame", [], 401),
        ("sesame", ["Authorization: Bearer open"], 401),
        ("sesame", ["Authorization: Basic sesame"], 401),
        (None, ["Authorization: Bearer "], 401),
        (None, [], 401),
    ],
)
async def test_metrics_are_for_the_bearer_of_the_token(token: str | None, headers: list[str], status: int) -> None:
    async with serving(token) as listen:
        answered, head, body = await ask(listen, get("/metrics", *headers))

    assert answered == status
    assert ("wardroom_build_info" in body) == (status == 200)
    assert ("WWW-Authenticate: Bearer" in head) == (status == 401)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (get("/"), 404),
        (get("/healthz/x"), 404),
        (b"POST /healthz HTTP/1.1\r\n\r\n", 405),
        (b"\r\n\r\n", 405),
        (b"\xff\xfe nonsense\r\n\r\n", 405),
        (b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 20_000, 400),
    ],
)
async def test_anything_else_is_answered_with_an_error(request_bytes: bytes, status: int) -> None:
    async with serving() as listen:
        assert (await ask(listen, request_bytes))[0] == status


async def test_too_many_at_once_are_turned_away() -> None:
    async with serving() as listen:
        waiting = [await asyncio.open_connection(listen.host, listen.port) for _ in range(CONNECTIONS)]
        status, _, _ = await ask(listen, b"")
        for _, writer in waiting:
            writer.close()
        await asyncio.sleep(0.05)
        assert (await ask(listen, get("/healthz")))[0] == 200

    assert status == 503


async def test_who_asks_nothing_is_let_go_when_the_service_stops() -> None:
    async with serving() as listen:
        reader, writer = await asyncio.open_connection(listen.host, listen.port)
        await asyncio.sleep(0.05)
    async with asyncio.timeout(health.REQUEST_S / 2):
        assert await reader.read() == b""
    writer.close()


async def test_a_port_that_is_taken_is_one_sentence() -> None:
    async with serving() as listen:
        with pytest.raises(ConfigError) as caught:
            await serve(listen, lambda: None)

    assert f"listen.port: 127.0.0.1:{listen.port} cannot be listened on" in str(caught.value)
