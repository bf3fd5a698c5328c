import threading
from functools import partial

from edge.captures.picture import Picture
from edge.newest_frame import NewestFrame
from tests.simulators.numbered import number, picture
from vision.frames import Image


def put(slot: NewestFrame, one: int) -> None:
    slot.put(Picture(lambda: picture(one)), at_us=one, seconds=float(one), number=one)


def test_the_newest_picture_is_taken_once_and_what_it_replaced_is_counted() -> None:
    skipped: list[None] = []
    slot = NewestFrame(lambda: skipped.append(None))
    for one in range(5):
        put(slot, one)

    frame = slot.take(0)
    assert frame is not None
    assert (number(frame.image), frame.at_us, frame.seconds, frame.number) == (4, 4, 4.0, 4)
    assert slot.take(0) is None
    assert len(skipped) == 4


def test_a_picture_nobody_takes_is_never_converted() -> None:
    converted: list[int] = []
    slot = NewestFrame()

    def image(one: int) -> Image:
        converted.append(one)
        return picture(one)

    for one in range(3):
        slot.put(Picture(partial(image, one)), at_us=0, seconds=0.0, number=one)
    slot.take(0)

    assert converted == [2]


def test_who_waits_is_given_the_picture_when_it_comes_and_let_go_at_the_end() -> None:
    slot = NewestFrame()
    threading.Timer(0.05, put, (slot, 1)).start()
    assert slot.take(60) is not None

    threading.Timer(0.05, slot.close).start()
    assert slot.take(60) is None
    assert slot.closed


def test_the_last_picture_may_still_be_taken_at_the_end() -> None:
    slot = NewestFrame()
    put(slot, 1)
    slot.close()

    assert not slot.closed
    assert slot.take(0) is not None
    assert slot.closed
    assert slot.take(0) is None
