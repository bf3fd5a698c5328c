import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from edge.gate_screen import CLIENTS, QUEUE, GateScreen
from tests.edge.a_gate import BINH, IN, listed
from tests.edge.factories import NOW_US, SetClock
from tests.edge.test_checkin_settings import asked
from tests.edge.waiting import until
from wardroom.clock import Clock
from wardroom.embedded.ports import free_port
from wardroom.errors import ConfigError
from wardroom.live import LiveGreeting
from wardroom.settings import Secret

TOKEN = "0123456789abcdef_-"
QUERY = f"token={TOKEN}"


def greeting(visit: str = "v1", gate: str = "cong-1", at_us: int = NOW_US) -> LiveGreeting:
    return LiveGreeting(visit, gate, "congress", at_us, "checked_in", "Đồng chí", "Nguyễn Văn An", "Bí thư", "Chi bộ 1", "A1")


@asynccontextmanager
async def serving(beat_s: float = 0.2, clock: Clock | None = None, page: str | None = None) -> AsyncIterator[tuple[GateScreen, str]]:
    """Serve gates' screens; give them and their address."""
    port = free_port()
    screen = GateScreen(asked(screen_port=port, screen_token=Secret(TOKEN), screen_page=page), clock=clock or SetClock(), beat_s=beat_s)
    screen.follow(listed())
    up = asyncio.Event()

    async def served() -> None:
        up.set()

    task = asyncio.create_task(screen.serve(served))
    try:
        await asyncio.wait_for(up.wait(), 10)
        yield screen, f"http://127.0.0.1:{port}"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def listening(address: str, gate: str = "cong-1") -> AsyncIterator[AsyncIterator[Any]]:
    """Listen as a page does; give the greetings it hears."""
    async with (
        httpx.AsyncClient(timeout=20, trust_env=False) as client,
        client.stream("GET", f"{address}/{gate}/greetings?{QUERY}") as answer,
    ):
        assert answer.status_code == 200

        async def heard() -> AsyncIterator[Any]:
            async for line in answer.aiter_lines():
                if line.startswith("data: {"):
                    yield json.loads(line.removeprefix("data: "))

        yield heard()


async def got(*addresses: str) -> list[httpx.Response]:
    async with httpx.AsyncClient(trust_env=False) as client:
        return [await client.get(address) for address in addresses]


async def test_a_screen_hears_every_greeting_at_its_gate() -> None:
    async with serving() as (screen, address), listening(address) as heard:
        await until(lambda: len(screen) == 1)
        screen.greet(greeting("elsewhere", "cong-ra"))
        screen.greet(greeting())

        assert await anext(heard) == msgspec.to_builtins(greeting())


async def test_a_page_hears_every_now_and_then_that_the_gateway_is_there() -> None:
    async with (
        serving(beat_s=0.05) as (_, address),
        httpx.AsyncClient(timeout=20, trust_env=False) as client,
        client.stream("GET", f"{address}/cong-1/greetings?{QUERY}") as answer,
    ):
        lines = aiter(answer.aiter_lines())
        assert [await anext(lines) for _ in range(8)] == ["retry: 1000", "", *["event: beat", f"data: {NOW_US}", ""] * 2]


async def test_who_was_greeted_in_the_last_seconds_is_told_to_a_screen_that_comes_back_and_nobody_else() -> None:
    clock = SetClock()
    async with serving(clock=clock) as (screen, address):
        screen.greet(greeting("old", at_us=NOW_US - 21_000_000))
        screen.greet(greeting("v1", at_us=NOW_US - 19_000_000))
        screen.greet(greeting("elsewhere", "cong-ra"))
        screen.greet(greeting("v2"))
        async with listening(address) as heard:
            first = [(await anext(heard))["id"] for _ in range(2)]
            screen.greet(greeting("v3"))
            first.append((await anext(heard))["id"])
        clock.us += 2_000_000
        screen.follow(listed(BINH))
        async with listening(address) as heard:
            screen.greet(msgspec.structs.replace(greeting("v4"), name=BINH.name))
            again = await anext(heard)

    assert first == ["v1", "v2", "v3"]
    assert again["id"] == "v4"  # who is not listed any more is greeted by nobody again


async def test_a_gate_without_its_last_slash_leads_to_its_page() -> None:
    async with serving() as (_, address):
        moved, wrong, nowhere = await got(
            f"{address}/cong-1?{QUERY}&gate=cong-1&x=%0d%0aSet-Cookie:%20a", f"{address}/cong-1?token=x", f"{address}/nowhere?{QUERY}"
        )
        (page,) = await got(str(moved.next_request.url if moved.next_request else ""))

    assert (moved.status_code, wrong.status_code, nowhere.status_code) == (307, 403, 404)
    assert moved.headers["location"] == f"cong-1/?{QUERY}&gate=cong-1&x=%0D%0ASet-Cookie%3A+a"
    assert "gate.js" in page.text


async def test_what_a_page_shows_follows_the_list() -> None:
    async with serving() as (screen, address):
        (before,) = await got(f"{address}/cong-1/welcome?{QUERY}")
        screen.follow(listed(BINH, gates=(msgspec.structs.replace(IN, name="Cổng chính"),)))
        after, gone = await got(f"{address}/cong-1/welcome?{QUERY}", f"{address}/cong-ra/welcome?{QUERY}")

    told = before.json()
    assert (told["name"], told["name_of_occasion"], told["direction"], told["state"]) == ("Cổng 1", "Đại hội", "in", "open")
    assert told["theme"]["greeting"] == "Trân trọng chào mừng Đại biểu"
    assert (after.json()["name"], gone.status_code) == ("Cổng chính", 404)


async def test_only_the_token_in_the_address_opens_a_gates_page() -> None:
    async with serving() as (_, address):
        right = await got(f"{address}/cong-1/?{QUERY}&gate=cong-1", f"{address}/cong-1/gate.js", f"{address}/cong-1/gate.css")
        places = [f"{address}/cong-1/{place}" for place in ("", "welcome", "greetings", "?token=", "?token=x", "welcome?token=%ff")]
        wrong = await got(*places)
        nothing = await got(
            *(f"{address}/{place}" for place in (f"nowhere/?{QUERY}", f"?{QUERY}", "cong-1/%2e%2e/gate.py", "cong-1/../gate.py", "x"))
        )

    assert [answer.status_code for answer in right] == [200, 200, 200]
    assert "frame-ancestors 'none'" in right[0].headers["content-security-policy"]
    assert right[0].headers["referrer-policy"] == "no-referrer"
    assert {answer.status_code for answer in wrong} == {403}
    assert {answer.status_code for answer in nothing} <= {403, 404}


async def test_screens_that_go_leave_nothing_and_no_more_than_a_number_come_in() -> None:
    async with serving(beat_s=0.05) as (screen, address):
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(CLIENTS):
                await stack.enter_async_context(listening(address))
            await until(lambda: len(screen) == CLIENTS)
            assert [answer.status_code for answer in await got(f"{address}/cong-1/gate.js")] == [503]
        await until(lambda: len(screen) == 0 and not screen._attending)


async def test_for_a_screen_that_takes_nothing_the_oldest_go() -> None:
    async with serving() as (screen, address), listening(address) as heard:
        await until(lambda: len(screen) == 1)
        for number in range(QUEUE + 30):
            screen.greet(greeting(f"v{number}"))
        (one,) = screen._screens
        assert len(one._waiting) == QUEUE
        told = [(await anext(heard))["id"] for _ in range(QUEUE)]

    assert told == [f"v{number}" for number in range(30, QUEUE + 30)]


async def test_a_built_page_is_served_from_its_folder_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "page" / "assets").mkdir(parents=True)
    (tmp_path / "page" / "index.html").write_text("<title>built</title>")
    (tmp_path / "page" / "assets" / "a.js").write_text("1")
    (tmp_path / "secret").write_text("x")
    async with serving(page=str(tmp_path / "page")) as (_, address):
        page, part, beside = await got(f"{address}/cong-1/?{QUERY}", f"{address}/cong-1/assets/a.js", f"{address}/cong-1/..%2fsecret")

    assert (page.text, part.text, beside.status_code) == ("<title>built</title>", "1", 404)
    with pytest.raises(ConfigError, match=r"checkin\.screen_page"):
        GateScreen(asked(screen_port=free_port(), screen_token=Secret(TOKEN), screen_page=str(tmp_path)), clock=SetClock())


async def never() -> None:
    raise AssertionError("an address that cannot be had was served")


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1", "no-host.invalid", "x" * 70, "a\0b"])
async def test_an_address_that_is_taken_or_none_of_ours_is_one_sentence(host: str) -> None:
    async with serving() as (_, address):
        given = asked(screen_port=httpx.URL(address).port, screen_token=Secret(TOKEN), screen_host=host)
        with pytest.raises(ConfigError, match=r"checkin\.screen_port"):
            await GateScreen(given, clock=SetClock()).serve(never)
