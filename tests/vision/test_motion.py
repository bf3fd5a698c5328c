from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vision.errors import OptionError, PictureError
from vision.frames import Image
from vision.motion import MotionGate, MotionOptions, Stir, Why

HIGH, WIDE = 270, 480
Scene = Callable[[float], Image]


@cache
def walls(seed: int) -> NDArray[np.float32]:
    patches = np.random.default_rng(seed).integers(40, 180, (9, 16, 3)).astype(np.float32)
    return np.asarray(cv2.resize(patches, (WIDE, HIGH), interpolation=cv2.INTER_LINEAR))


@cache
def grain(turn: int) -> NDArray[np.float32]:
    return np.random.default_rng(turn).standard_normal((HIGH, WIDE, 3), dtype=np.float32)


def corridor(level: float = 1.0, seed: int = 1) -> Image:
    return np.asarray(np.clip(walls(seed) * np.float32(level), 0, 255).astype(np.uint8))


def noisy(image: Image, seconds: float, noise: float = 3.0) -> Image:
    return np.asarray(np.clip(image + grain(round(seconds * 1000) % 7) * np.float32(noise), 0, 255).astype(np.uint8))


def with_person(image: Image, x: float, wide: int = 30, high: int = 80) -> Image:
    image = image.copy()
    cv2.rectangle(image, (round(x), 120), (round(x) + wide, 120 + high), (30, 30, 220), -1)
    return image


def watched(scene: Scene, seconds: float, rate: float = 10, options: MotionOptions | None = None) -> list[tuple[float, Stir]]:
    gate = MotionGate(options)
    return [(now, gate.look(noisy(scene(now), now), now)) for now in np.arange(0, seconds, 1 / rate).tolist()]


def whys(looks: list[tuple[float, Stir]]) -> set[Why]:
    return {stir.why for _, stir in looks}


def test_an_empty_corridor_passes_one_frame_every_few_seconds() -> None:
    looks = watched(lambda _: corridor(), 30, options=MotionOptions(check_s=5))

    assert looks[0][1].why is Why.FIRST
    assert whys(looks[1:]) == {Why.STILL, Why.CHECK}
    assert [now for now, stir in looks[1:] if stir.passes] == pytest.approx([5, 10, 15, 20, 25], abs=0.11)


def test_somebody_who_walks_through_passes_and_a_moment_longer() -> None:
    looks = watched(lambda now: with_person(corridor(), 100 * (now - 3)) if 3 <= now < 7 else corridor(), 12)

    during = [stir for now, stir in looks if 3 <= now < 7]
    moving = [now for now, stir in looks if stir.why is Why.MOTION]
    assert all(stir.why is Why.MOTION for stir in during)
    assert max(stir.area for stir in during) > 0.01
    assert 7 + 1.8 < max(moving) < 10


@pytest.mark.parametrize(
    ("name", "scene"),
    [
        ("a lamp is switched on", lambda now: corridor(1.4 if now >= 4 else 1.0)),
        ("a lamp is switched off", lambda now: corridor(0.6 if now >= 4 else 1.0)),
        ("the exposure hunts", lambda now: corridor(1 + 0.3 * np.sin(now))),
        ("dusk falls", lambda now: corridor(1 - now / 20)),
        ("somebody small is far away", lambda now: with_person(corridor(), 20 * now, 3, 6)),
        ("somebody stands like furniture", lambda _: with_person(corridor(), 200)),
    ],
)
def test_it_is_no_motion_if(name: str, scene: Scene) -> None:
    looks = watched(scene, 12)

    assert whys(looks[1:]) == {Why.STILL, Why.CHECK}, name


def test_somebody_is_seen_while_the_exposure_hunts() -> None:
    looks = watched(lambda now: with_person(corridor(1 + 0.3 * np.sin(now)), 30 * now), 12)

    assert {stir.why for now, stir in looks if now > 3} == {Why.MOTION}


def test_after_the_camera_was_turned_the_background_begins_again() -> None:
    looks = watched(lambda now: corridor(seed=2 if now >= 4 else 1), 12)

    assert min(now for now, stir in looks if stir.why is Why.LIGHT) == pytest.approx(4)
    assert {stir.why for now, stir in looks if 4.5 < now < 6} == {Why.MOTION}
    assert {stir.why for now, stir in looks if now > 8} <= {Why.STILL, Why.CHECK}


def test_lightning_passes_and_then_frames_rest_again() -> None:
    looks = watched(lambda now: np.full_like(corridor(), 250) if 4 <= now < 4.3 else corridor(), 12)

    assert all(stir.passes for now, stir in looks if 4 <= now < 6)
    assert {stir.why for now, stir in looks if now > 8} <= {Why.STILL, Why.CHECK}


def test_the_grain_of_a_dark_night_is_no_motion_but_somebody_is() -> None:
    gate = MotionGate(MotionOptions(contrast=4))
    looks = [gate.look(noisy(corridor(0.3), now, 40), now) for now in np.arange(0, 10, 0.1).tolist()]
    person = [gate.look(noisy(with_person(corridor(0.3), 20 * now), now, 40), now) for now in np.arange(10, 12, 0.1).tolist()]

    assert {stir.why for stir in looks[1:]} == {Why.STILL, Why.CHECK}
    assert Why.MOTION in {stir.why for stir in person}


def test_what_was_put_down_belongs_to_the_background_after_a_while() -> None:
    looks = watched(lambda now: with_person(corridor(), 200) if now >= 2 else corridor(), 60, 4)

    assert {stir.why for now, stir in looks if 2 <= now < 6} == {Why.MOTION}
    assert {stir.why for now, stir in looks if now > 50} == {Why.STILL, Why.CHECK}


def test_it_is_the_seconds_that_count_not_the_frames() -> None:
    holds = []
    for rate in (4, 20):
        looks = watched(lambda now: with_person(corridor(), 200) if 3 <= now < 3.5 else corridor(), 8, rate)
        holds.append(max(now for now, stir in looks if stir.why is Why.MOTION))

    assert holds[0] == pytest.approx(holds[1], abs=0.3)


def test_another_size_or_an_earlier_time_begins_again() -> None:
    gate = MotionGate()
    gate.look(corridor(), 100.0)

    assert gate.look(corridor()[:200], 100.1).why is Why.FIRST
    assert gate.look(corridor()[:200], 0.0).why is Why.FIRST
    assert gate.look(np.zeros((1, 1, 3), dtype=np.uint8), 0.1).why is Why.FIRST


@pytest.mark.parametrize("image", [np.zeros((90, 160), np.uint8), np.zeros((90, 160, 4), np.uint8), np.zeros((0, 0, 3), np.uint8)])
def test_what_is_no_picture_in_colours_is_one_sentence(image: Image) -> None:
    with pytest.raises(PictureError, match=r"a picture of shape \(.*\) and type uint8; give height"):
        MotionGate().look(image, 0.0)


@pytest.mark.parametrize(("name", "value"), [("width", 2), ("contrast", 0), ("area", -0.1), ("settle_s", 0.0), ("hold_s", float("nan"))])
def test_an_option_out_of_its_bounds_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(OptionError, match=rf"motion\.{name}: {value} is outside"):
        MotionOptions(**{name: value})  # type: ignore[arg-type]
