from vision.track_memory import TrackMemory


def test_a_track_is_forgotten_when_it_ends_after_an_age_and_beyond_the_limit() -> None:
    memory: TrackMemory[list[int]] = TrackMemory(list, max_age_s=5.0, limit=3)
    for track, seconds in ((1, 0.0), (2, 1.0), (3, 2.0), (1, 3.0)):
        memory.seen(track, seconds).append(track)

    memory.seen(4, 4.0)
    assert memory.get(2) is None  # the one not seen for longest, not the oldest
    assert memory.get(1) == [1, 1]
    assert memory.ended(1) == [1, 1]
    assert memory.ended(1) is None
    assert memory.expired(7.0) == []
    assert memory.expired(7.1) == [(3, [3])]
    assert [track for track, _ in memory] == [4]


def test_an_older_frame_makes_a_track_no_older() -> None:
    memory: TrackMemory[list[int]] = TrackMemory(list, max_age_s=5.0)
    memory.seen(1, 10.0)
    memory.seen(1, 2.0)

    assert memory.expired(14.0) == []
