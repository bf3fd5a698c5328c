from simulators.scenes import playing
from simulators.scenes.script import Arrival
from tests.simulators.scenes import small


def test_at_once_frames_have_the_scenes_own_time() -> None:
    scene = small.scene(Arrival(person="drawn-1", at_s=0), seconds=2.0)
    frames = [played.frame for played in playing.at_once(scene, at_us=1_000_000, seconds=50.0)]

    assert [frame.number for frame in frames] == list(range(10))
    assert [frame.seconds for frame in frames[:3]] == [50.0, 50.2, 50.4]
    assert frames[5].at_us == 2_000_000
    assert frames[0].size == (small.WIDTH, small.HEIGHT)


def test_the_truth_beside_a_frame_is_of_that_frame() -> None:
    scene = small.scene(seconds=1.0)

    assert all(played.frame.number == played.truth.number for played in playing.at_once(scene))
