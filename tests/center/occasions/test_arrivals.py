from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
import uuid6

from center.occasions.arrivals import SETTLED, Arrivals
from center.occasions.settling import Settling
from tests.center.occasions.hall import SITE, Hall
from tests.center.occasions.seen import PLACE, face, results, settle
from tests.center.running import RunningCenter
from tests.center.ward import Ward
from wardroom.event import Event
from wardroom.sight_events import Change, FaceRecognized, FaceRecognizedData
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers


def recognized(person: UUID, source: str, *, visit: str | None = None, score: float = 0.61) -> FaceRecognized:
    now = datetime.now(UTC)
    data = FaceRecognizedData(
        camera="cam-1", visit=visit or str(uuid6.uuid7()), change=Change.NEW, at=now, reason="votes", person=str(person), score=score
    )
    return FaceRecognized(id=str(uuid6.uuid7()), source=source, time=now, data=data)


@pytest.fixture
async def gate(center: RunningCenter, ward: Ward) -> AsyncIterator[tuple[Hall, Ward]]:
    """An open occasion whose gate is a camera of a gateway at the broker."""
    hall = await Hall.plan(center.room, gate="gate-2", camera="cam-2")
    await hall.gate("gate-1", "cam-1", site=ward.place.site)
    await hall.open()
    async with ward.session:
        yield hall, ward


async def test_who_is_recognised_is_greeted_on_the_screen_and_seen_at_the_desk(center: RunningCenter, gate: tuple[Hall, Ward]) -> None:
    hall, ward = gate
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    assert delegate.person is not None
    token, _ = await center.room.access.make_wall_token("Màn hình cửa 1", "administrator")
    topics = ["events", "greetings", "passages"]
    async with center.screen() as desk, center.screen(Authorization=f"Bearer {token}") as screen:
        await desk.start(topics=topics)
        await screen.start(topics=topics)
        event = recognized(delegate.person, ward.place.prefix)
        await ward.publish(ward.place.pack("events", "b1", 1), msgspec.json.encode(event))

        heard: dict[str, list[dict[str, object]]] = {"events": [], "greetings": [], "passages": []}
        for who in (desk, screen):
            while not heard["greetings"]:
                message = await who.hear()
                for topic in heard:
                    heard[topic] += message.get(topic, [])
            if who is desk:
                assert [(one["name"], one["result"], one["score"]) for one in heard["passages"]] == [("Nguyễn Văn An", "checked_in", 0.61)]
                heard = {topic: [] for topic in heard}

    assert [(one["gate"], one["name"], one["photo"]) for one in heard["greetings"]] == [("gate-1", "Nguyễn Văn An", False)]
    assert heard["passages"] == [], "a screen without rights gets no passages"
    assert "person" not in heard["events"][0]["data"]  # type: ignore[operator]  # a dictionary


async def test_a_default_picture_of_a_screen_without_rights_holds_no_passages(center: RunningCenter, gate: tuple[Hall, Ward]) -> None:
    hall, _ward = gate
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await center.room.checkin.arrivals.settle(face(delegate.person, camera="cam-2"), "live")
    token, _ = await center.room.access.make_wall_token("Màn hình cửa 1", "administrator")

    async with center.screen() as desk, center.screen(Authorization=f"Bearer {token}") as screen:
        seen, unseen = await desk.start(), await screen.start()

    assert (len(seen["passages"]), len(seen["greetings"])) == (1, 1)
    assert (len(unseen["passages"]), len(unseen["greetings"])) == (0, 1)


async def test_a_full_queue_drops_what_comes_last_and_counts_it(hall: Hall) -> None:
    await hall.open()
    telling = hall.room.checkin.telling
    arrivals = Arrivals(settling=Settling(hall.room.database), strangers=hall.room.strangers, telling=telling, queue=2)
    before = SETTLED.labels("live", "dropped")._value.get()
    for _ in range(3):
        arrivals.take(_event(), PLACE, 0)

    assert SETTLED.labels("live", "dropped")._value.get() == before + 1


async def test_a_sighting_that_cannot_be_settled_is_not_the_next_ones_affair(hall: Hall) -> None:
    await hall.open()
    delegate = await hall.delegate("Nguyễn Văn An", person=True)
    await hall.room.checkin.arrivals.settle(face(delegate.person, camera="a\0b"), "live")
    await hall.room.checkin.arrivals.settle(face(delegate.person), "live")

    assert await results(hall.room) == ["checked_in"]


def _event() -> Event:
    return recognized(uuid6.uuid7(), PLACE.prefix)


async def test_a_visit_belongs_to_the_gateway_that_told_it(hall: Hall) -> None:
    an, binh = await hall.delegate("Nguyễn Văn An", person=True), await hall.delegate("Trần Thị Bình", person=True)
    await hall.open()
    visit = uuid6.uuid7()
    await settle(hall.room, face(an.person, visit=visit))

    await settle(hall.room, face(binh.person, visit=visit, place=Gateway(SITE, "gw-2")))

    assert (await hall.room.checkin.passages.get(visit)).delegate == str(an.id)
