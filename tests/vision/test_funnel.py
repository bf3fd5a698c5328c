from vision.funnel import Counting, Funnel


def test_a_track_counts_once_at_each_step_it_reaches() -> None:
    counting = Counting()
    counting.person(2)
    for _ in range(3):
        counting.face(7)
        counting.usable(7)
        counting.decided(7, named=True)

    assert counting.seen() == Funnel(persons=2, faces=1, usable=1, decided=1, named=1)


def test_a_track_without_a_usable_face_counts_under_its_last_gate_when_it_ends() -> None:
    counting = Counting()
    for track, gates in ((1, ["blur", "size"]), (2, ["blur"])):
        counting.face(track)
        for gate in gates:
            counting.unusable(track, gate)
    counting.usable(2)
    counting.ended([1, 2])

    assert counting.seen().refused == {"size": 1}


def test_ended_tracks_are_forgotten() -> None:
    counting = Counting()
    for track in range(100_000):
        counting.face(track)
        counting.unusable(track, "size")
        counting.ended([track])

    assert len(counting) == 0
    assert counting.seen().faces == 100_000
