import asyncio
import json

import pytest

from center.hub import Picture
from center.screen import PACE, TAKEN, WORDS, Pace
from tests.center.factories import NOON_US, event, reading, series
from tests.center.screen_model import ScreenModel
from tests.center.stage import SUBSCRIBE, Stage, code, heard, subscribed
from tests.center.wire import payload
from wardroom.live import Subscribe


async def test_hello_subscribe_snapshot_and_then_what_changes() -> None:
    stage = Stage()
    async with stage.screen() as socket:
        hello = await heard(socket)
        socket.say(SUBSCRIBE)
        snapshot = await heard(socket)
        stage.hub.happen(event(1))
        delta = await heard(socket)

    assert (hello["type"], hello["boot"], hello["server_time_us"]) == ("hello", "boot-1", NOON_US)
    assert (snapshot["type"], snapshot["reason"]) == ("snapshot", "first")
    assert (delta["type"], delta["since"], delta["seq"]) == ("delta", snapshot["seq"], stage.hub.seq)
    assert [one["id"] for one in delta["events"]] == [event(1).id]


async def test_nothing_is_shown_before_the_database_told_what_there_is() -> None:
    stage = Stage(picture=None)
    async with stage.screen() as socket:
        await heard(socket)
        socket.say(SUBSCRIBE)
        stage.hub.describe([series(1)])
        await asyncio.sleep(0.01)
        assert socket.said.empty()
        stage.hub.load(Picture())

        assert [one["id"] for one in (await heard(socket))["series"]] == [1]


async def test_a_long_picture_comes_in_pieces_to_a_screen_that_asked_for_them_and_whole_to_the_others() -> None:
    stage = Stage()
    stage.hub.describe([series(number) for number in range(1, 500)])
    async with stage.screen() as page, stage.screen() as other:
        await heard(page)
        page.say('{"type":"subscribe","pieces":true}')
        announced = await heard(page)
        text = "".join([page.said.get_nowait() for _ in range(announced["count"])])

        assert announced["count"] > 2
        assert json.loads(text) == await subscribed(other)
        stage.hub.happen(event(1))
        assert (await heard(page))["type"] == "delta"


async def test_nothing_comes_before_the_subscription() -> None:
    stage = Stage()
    async with stage.screen() as socket:
        await heard(socket)
        stage.hub.happen(event(1))
        await asyncio.sleep(0.01)

        assert socket.said.empty()


async def test_a_ping_of_the_screen_is_answered_with_the_centers_time() -> None:
    stage = Stage()
    async with stage.screen() as socket:
        await heard(socket)
        socket.say('{"type":"ping"}')

        assert await heard(socket) == {"type": "pong", "server_time_us": NOON_US}


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        '{"type":"snapshot"}',  # a word of the center's
        '{"type":"subscribe","topics":["secrets"]}',
        '{"type":"subscribe","topics":[]}',
        '{"type":"subscribe","since":{"boot":"b","seq":-1}}',
        '{"type":"subscribe","more":1}',
        "[" * 10_000,
        b"\xff\xfe",
        "",
    ],
)
async def test_what_is_no_message_is_refused_in_words_and_ends_the_conversation(text: str | bytes) -> None:
    stage = Stage()
    async with stage.screen() as socket:
        await heard(socket)
        socket.say(text)
        refused = await heard(socket)

        assert refused["type"] == "refused"
        assert refused["detail"].startswith("This is no message of a screen")
        assert await code(socket) == 4400


async def test_a_screen_that_takes_nothing_is_closed_and_the_others_never_notice() -> None:
    stage = Stage(pace=Pace(send_s=0.05))
    async with stage.screen() as stuck, stage.screen() as other:
        await subscribed(stuck)
        await subscribed(other)
        stuck.block()
        for number in range(20):
            stage.hub.happen(event(number))
            assert (await heard(other))["events"]

        assert await code(stuck) == 4408
        assert not other.closed.done()


async def test_a_screen_that_takes_a_long_picture_slowly_is_left_to_it_and_one_that_takes_next_to_nothing_is_not() -> None:
    stage = Stage(pace=Pace(send_s=0.2))
    async with stage.screen() as slow:
        await subscribed(slow)
        slow.buffered = 10 * TAKEN
        slow.block()
        for _ in range(6):
            slow.buffered -= TAKEN
            await asyncio.sleep(0.1)
        assert not slow.closed.done()
        for _ in range(3):
            slow.buffered -= 1
            await asyncio.sleep(0.1)

        assert await code(slow) == 4408


async def test_a_screen_that_takes_a_long_picture_is_not_silent_before_it_has_it_and_has_heard_a_ping() -> None:
    stage = Stage()
    async with stage.screen() as slow:
        await subscribed(slow)
        slow.block()
        stage.clock.advance(PACE.silent_s + 1)
        stage.screens.beat_once()
        assert not slow.closed.done()
        slow.flow()
        stage.screens.beat_once()
        assert (await heard(slow))["type"] == "ping"
        stage.clock.advance(PACE.silent_s + 1)
        stage.screens.beat_once()

        assert await code(slow) == 4409


async def test_a_screen_that_flows_again_in_time_is_not_closed() -> None:
    stage = Stage(pace=Pace(send_s=0.1))
    async with stage.screen() as socket:
        await subscribed(socket)
        socket.block()
        stage.hub.happen(event(1))
        socket.flow()
        assert (await heard(socket))["events"]
        await asyncio.sleep(0.15)

        assert not socket.closed.done()


async def test_a_screen_that_never_stops_talking_is_closed() -> None:
    stage = Stage()
    async with stage.screen() as chatty, stage.screen() as other:
        await heard(chatty)
        await heard(other)
        for _ in range(WORDS + 1):
            chatty.say('{"type":"pong"}')
            other.say('{"type":"pong"}')
            if other.closed.done() or chatty.closed.done():
                break
            stage.screens.beat_once(2)  # the other's phase

        assert await code(chatty) == 4400
        assert not other.closed.done()


async def test_a_screen_that_falls_behind_the_oldest_kept_event_is_closed_rather_than_lied_to() -> None:
    stage = Stage(events_kept=5)
    async with stage.screen() as socket:
        await subscribed(socket)
        socket.block()
        for number in range(10):
            stage.hub.happen(event(number))
            await asyncio.sleep(0)
        socket.flow()

        assert await code(socket) == 4408


async def test_a_screen_that_was_stuck_for_a_moment_shows_the_same_as_a_fresh_one() -> None:
    stage = Stage()
    model = ScreenModel()
    async with stage.screen() as socket:
        await heard(socket)
        socket.say(SUBSCRIBE)
        model.hear(await asyncio.wait_for(socket.said.get(), 2))
        socket.block()
        for step in range(1, 200):
            stage.hub.read([reading(1, at_us=NOON_US + step * 30_000_000, value=float(step))])
            if step % 10 == 0:
                stage.hub.happen(event(step))
            await asyncio.sleep(0)
        socket.flow()
        while model.seq < stage.hub.seq:
            model.hear(await asyncio.wait_for(socket.said.get(), 2))
    fresh = ScreenModel()
    fresh.hear(payload(stage.hub.first(Subscribe()).whole))

    assert model.snapshots == 1
    assert model.picture() == fresh.picture()


async def test_a_second_subscription_starts_anew() -> None:
    stage = Stage()
    async with stage.screen() as socket:
        await subscribed(socket)
        socket.say(SUBSCRIBE)

        assert (await heard(socket))["type"] == "snapshot"
