from vision.blindness import Blindness, Patience

PATIENCE = Patience(persons=3, seconds=60)


def test_a_camera_that_sees_persons_and_no_face_for_long_is_blind() -> None:
    eyes = Blindness(PATIENCE)
    for seconds in (0.0, 10.0, 20.0):
        eyes.person(seconds)

    assert not eyes.blind(59.0)
    assert eyes.blind(60.0)


def test_one_face_ends_it() -> None:
    eyes = Blindness(PATIENCE)
    for seconds in (0.0, 10.0, 20.0):
        eyes.person(seconds)
    eyes.face()
    eyes.person(70.0)

    assert not eyes.blind(200.0)


def test_an_empty_corridor_is_not_blind() -> None:
    eyes = Blindness(PATIENCE)
    eyes.person(0.0)

    assert not eyes.blind(100_000.0)
