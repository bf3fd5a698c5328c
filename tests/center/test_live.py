import asyncio

import pytest

from center.live import Screens
from center.screen import PACE, SIGNED_OUT, Pace
from tests.center.factories import event
from tests.center.sockets import FakeSocket
from tests.center.stage import SUBSCRIBE, Stage, code, heard, subscribed
from wardroom.errors import AccessError


async def test_the_center_pings_every_screen_and_closes_the_silent_ones() -> None:
    stage = Stage()
    async with stage.screen() as silent, stage.screen() as talking:
        await heard(silent)
        await heard(talking)
        stage.clock.advance(PACE.silent_s + 1)
        talking.say('{"type":"pong"}')
        await asyncio.sleep(0.01)
        stage.screens.beat_once()

        assert (await heard(talking))["type"] == "ping"
        assert await code(silent) == 4409
        assert not talking.closed.done()


async def test_a_blocked_screen_is_told_nothing_until_it_flows_whatever_it_asks() -> None:
    stage = Stage()
    async with stage.screen() as socket:
        await subscribed(socket)
        socket.block()
        socket.say('{"type":"ping"}')
        socket.say(SUBSCRIBE)
        stage.screens.beat_once()
        stage.hub.happen(event(1))
        await asyncio.sleep(0.01)
        assert socket.said.empty()
        socket.flow()

        assert (await heard(socket))["type"] == "snapshot"


async def test_changes_of_one_moment_are_one_frame() -> None:
    stage = Stage()
    async with stage.screen() as socket:
        await subscribed(socket)
        for number in range(5):
            stage.hub.happen(event(number))
        frame = await heard(socket)
        await asyncio.sleep(0.01)

        assert [one["id"] for one in frame["events"]] == [event(number).id for number in range(5)]
        assert socket.said.empty()


async def test_only_the_conversations_of_a_sign_in_that_ended_are_closed() -> None:
    stage = Stage()
    async with stage.screen(b"one") as out, stage.screen(b"two") as stays:
        await heard(out)
        await heard(stays)
        stage.screens.end(SIGNED_OUT, [b"one"])

        assert await code(out) == 4401
        assert not stays.closed.done()


async def test_sign_ins_that_ended_elsewhere_are_found_out() -> None:
    stage = Stage(pace=Pace(check_s=0.01))

    async def ended(credentials: frozenset[bytes]) -> frozenset[bytes]:
        return credentials - {b"two"}

    checking = asyncio.create_task(stage.screens.check(ended), name="checking")
    async with stage.screen(b"one") as out, stage.screen(b"two") as stays:
        assert await code(out) == 4401
        assert not stays.closed.done()
    checking.cancel()


async def test_a_screen_that_leaves_is_forgotten() -> None:
    stage = Stage()
    async with stage.screen() as socket:
        await subscribed(socket)

    assert len(stage.screens) == 0


async def test_one_sign_in_shows_on_so_many_screens_and_another_on_its_own() -> None:
    stage = Stage()
    stage.screens = Screens(hub=stage.hub, clock=stage.clock, per_credential=2)
    async with stage.screen(), stage.screen() as second:
        await subscribed(second)
        refused = FakeSocket()
        with pytest.raises(AccessError, match="2 screens"):
            await stage.screens.show(refused, credential=b"one", language="en")
        async with stage.screen(b"two") as other:
            await subscribed(other)

    assert not refused.accepted
    async with stage.screen() as again:
        await subscribed(again)


async def test_screens_go_on_under_the_sign_in_that_took_the_place_of_theirs() -> None:
    stage = Stage()
    async with stage.screen(b"old") as socket, stage.screen(b"else") as other:
        await subscribed(socket)
        await subscribed(other)
        stage.screens.go_on(b"old", b"new")
        stage.screens.end(SIGNED_OUT, [b"old", b"else"])

        assert await code(other) == SIGNED_OUT.code
        assert not socket.closed.done()
        stage.screens.end(SIGNED_OUT, [b"new"])
        assert await code(socket) == SIGNED_OUT.code
