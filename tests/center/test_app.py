"""The center's live side as a whole: a real broker, a real database, real WebSockets."""

import asyncio
import uuid
from typing import Any

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.center.factories import event
from tests.center.running import LiveScreen, RunningCenter, eventually
from tests.center.ward import STORE, Ward, see
from tests.conftest import Server
from wardroom import messages
from wardroom.live import LiveEvent
from wardroom.messages import GatewayState, Status

pytestmark = pytest.mark.servers


def values(message: dict[str, Any]) -> list[float]:
    return [reading["value"] for reading in message.get("readings", ())]


async def closing(screen: LiveScreen) -> int:
    async def hear_out() -> None:
        while True:
            await screen.hear()

    with pytest.raises(ConnectionClosed) as caught:
        await hear_out()
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


async def test_a_reading_published_to_the_broker_is_on_the_screen_without_the_database(center: RunningCenter, ward: Ward) -> None:
    ward.seed(back="1 minute")
    await see(center)
    async with ward.session, center.screen() as screen:
        snapshot = await screen.start()
        await ward.session.wait_connected()
        await ward.read(21.5)
        await screen.sees(lambda model: model.readings[1].value == 21.5)

    assert snapshot["reason"] == "first"
    assert [one["sensor_name_vi"] for one in snapshot["series"]] == ["Không khí"]
    assert len(snapshot["readings"][0]["trail"]) in {1, 2}
    center.execute("DO $$ BEGIN ASSERT (SELECT count(*) FROM reading WHERE value = 21.5) = 0; END $$")


async def test_a_new_sensor_shows_as_soon_as_the_database_knows_its_series(center: RunningCenter, ward: Ward) -> None:
    async with ward.session, center.screen() as screen:
        await screen.start()
        await ward.session.wait_connected()
        await ward.read(1.0, 2.0)
        await asyncio.sleep(0.3)
        ward.seed()

        await screen.sees(lambda model: 1 in model.readings)

        assert screen.model.series[1].unit == "Cel"
        assert screen.model.readings[1].value == 2.0


async def test_a_gateways_status_is_live(center: RunningCenter, ward: Ward) -> None:
    async with ward.session, center.screen() as screen:
        await screen.start()
        await ward.session.wait_connected()
        await ward.publish(ward.place.status, messages.encode(Status(GatewayState.ONLINE, "b1")), retain=True)
        await screen.sees(lambda model: (ward.place.site, "gw-1") in model.gateways)
        await ward.publish(ward.place.status, b"", retain=True)

    assert screen.model.gateways[ward.place.site, "gw-1"].state == "online"


async def test_what_the_live_path_missed_comes_from_the_database(center: RunningCenter, ward: Ward) -> None:
    ward.seed()
    async with center.screen() as screen:
        await screen.start()
        ward.center.execute(STORE.format(back="1 minute", step="10 seconds"))
        name = uuid.uuid4()
        center.execute(
            "INSERT INTO event (source, id, site, gateway, type, time, received, offline, data) "
            f"VALUES ('x', '{name}', '{ward.place.site}', 'gw-1', 't', now(), now(), true, '{{\"a\":1,\"deep\":[1]}}')"
        )
        await center.room.mending.round(whole=False)
        await screen.sees(lambda model: bool(model.readings and model.events))

    assert [(one.id, one.data, one.offline) for one in screen.model.events] == [(str(name), {"a": 1}, True)]
    assert screen.model.series[1].sensor_name_vi == "Không khí"


async def test_a_screen_that_resumes_gets_what_it_missed_and_not_a_snapshot(center: RunningCenter, ward: Ward) -> None:
    ward.seed(back="1 minute")
    await see(center)
    async with center.screen() as screen:
        seq = (await screen.start())["seq"]
        left = screen.model
    async with ward.session:
        await ward.session.wait_connected()
        await ward.read(1.0)
        last_us = await ward.read(2.0)

        async def arrived() -> bool:
            found = center.room.hub.latest(1)
            return found is not None and found.time_us == last_us

        await eventually(arrived)
        async with center.screen() as screen, center.screen() as fresh:
            screen.model = left
            answer = await screen.start(since={"boot": center.room.hub.boot, "seq": seq})
            await fresh.start()

    assert (answer["type"], answer["since"], values(answer)) == ("delta", seq, [2.0])
    assert screen.model.picture() == fresh.model.picture()


async def test_signing_out_closes_the_screens_of_that_sign_in_only(center: RunningCenter) -> None:
    async with center.anonymous() as other:
        assert (await center.sign_in(other)).status_code == 200
        async with center.screen() as stays, center.screen(Cookie=f"wardroom_session={other.cookies['wardroom_session']}") as out:
            await stays.start()
            await out.start()
            assert (await other.delete("/api/v1/session")).status_code == 204

            assert await closing(out) == 4401
            await stays.say(type="ping")
            assert (await stays.hear())["type"] == "pong"


async def test_a_revoked_wall_token_closes_its_screens_and_signs_in_no_more(center: RunningCenter) -> None:
    made = (await center.client.post("/api/v1/wall-tokens", json={"label": "Sảnh"})).json()
    async with center.anonymous() as wall:
        signed = await wall.post("/api/v1/session", json={"wall_token": made["token"]})
        assert signed.json() == {"account": "Sảnh", "role": "viewer", "must_change_password": False}
        cookie = f"wardroom_session={wall.cookies['wardroom_session']}"
        async with center.screen(Cookie=cookie) as by_cookie, center.screen(Authorization=f"Bearer {made['token']}") as by_token:
            await by_cookie.start()
            await by_token.start()
            assert (await center.client.delete(f"/api/v1/wall-tokens/{made['id']}")).status_code == 204

            assert [await closing(by_cookie), await closing(by_token)] == [4401, 4401]
        again = await wall.post("/api/v1/session", json={"wall_token": made["token"]})
        assert (again.status_code, (await wall.get("/api/v1/sites")).status_code) == (401, 401)


async def test_a_session_ended_behind_the_centers_back_closes_its_screens_within_seconds(center: RunningCenter) -> None:
    async with center.screen() as screen:
        await screen.start()
        center.execute("DELETE FROM session")

        assert await closing(screen) == 4401


@pytest.mark.parametrize(
    ("headers", "status"), [({"X": "y"}, 401), ({"Authorization": "Bearer x"}, 401), ({"Cookie": "wardroom_session=x"}, 401)]
)
async def test_the_live_interface_is_closed_to_the_anonymous(center: RunningCenter, headers: dict[str, str], status: int) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with center.screen(**headers):
            pass

    assert caught.value.response.status_code == status


async def test_a_sign_in_on_too_many_screens_is_refused_with_a_sentence(center: RunningCenter) -> None:
    center.room.screens._per_credential = 1
    async with center.screen() as screen:
        await screen.start()
        with pytest.raises(InvalidStatus) as caught:
            async with center.screen():
                pass

    assert caught.value.response.status_code == 503
    assert b"too-many-screens" in (caught.value.response.body or b"")


async def test_a_screen_of_another_origin_is_refused(center: RunningCenter) -> None:
    cookie = f"wardroom_session={center.client.cookies['wardroom_session']}"
    with pytest.raises(InvalidStatus) as caught:
        async with center.screen(Cookie=cookie, Origin="http://evil.example"):
            pass
    async with center.screen(Cookie=cookie, Origin=center.url) as screen:
        await screen.start()

    assert caught.value.response.status_code == 403


async def test_a_malformed_word_is_refused_in_the_screens_language(center: RunningCenter) -> None:
    cookie = f"wardroom_session={center.client.cookies['wardroom_session']}"
    async with center.screen(**{"Cookie": cookie, "Accept-Language": "en-GB"}) as screen:
        await screen.hear()
        await screen.say(type="nonsense")
        refused = await screen.hear()

        assert refused["detail"].startswith("This is no message of a screen")
        assert await closing(screen) == 4400


async def test_a_slow_screen_is_closed_with_the_reason_and_the_others_see_everything(center: RunningCenter, ward: Ward) -> None:
    ward.seed(back="1 minute")
    await see(center)
    hub = center.room.hub
    async with center.screen() as slow, center.screen() as other:
        await slow.start()
        await other.start()
        slow.socket.transport.pause_reading()
        seen: list[str] = []
        for step in range(4_000):
            hub.happen(live_event(step))
            while step % 50 == 49 and len(seen) <= step:
                seen += [one["id"] for one in (await other.hear())["events"]]
        slow.socket.transport.resume_reading()

        assert seen == [live_event(step).id for step in range(4_000)]
        assert await closing(slow) == 4408


def live_event(number: int) -> LiveEvent:
    return msgspec.structs.replace(event(number), data={"text": "x" * 8_000})


async def test_screens_hear_that_the_center_stops(center: RunningCenter) -> None:
    async with center.screen() as screen:
        await screen.start()
        stopping = asyncio.create_task(center.stop(), name="stop")

        assert await closing(screen) == 1001
        await stopping


async def test_live_goes_on_without_the_database_and_rest_says_so(center: RunningCenter, ward: Ward, postgresql_server: Server) -> None:
    ward.seed(back="1 minute")
    await see(center)
    async with ward.session, center.screen() as screen:
        await screen.start()
        await ward.session.wait_connected()
        postgresql_server[1].stop()
        try:
            await ward.read(21.5)
            await screen.sees(lambda model: model.readings[1].value == 21.5)
            answer = await center.client.get("/api/v1/sites")
            async with center.screen() as another:
                snapshot = await another.start()
        finally:
            postgresql_server[1].start()  # from this thread: the server dies with the thread that started it

        assert (answer.status_code, answer.json()["type"]) == (503, "storage-gone")
        assert values(snapshot) == [21.5]
        await center.until_whole()
        assert (await center.client.get("/api/v1/sites")).status_code == 200


async def test_health_says_what_is_missing(center: RunningCenter) -> None:
    assert (await center.client.get("/healthz")).text == "ok"
