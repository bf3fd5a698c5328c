from vision.attention import Attention, Budget, Candidate

BUDGET = Budget(per_frame=2, again_s=0.2, rarely_s=5.0, tries=3, better=1.5)


def face(track: int, worth: float = 1.0, *, decided: bool = False) -> Candidate:
    return Candidate(track, worth, decided)


def test_a_frame_embeds_no_more_than_its_budget_and_the_new_ones_first() -> None:
    attention = Attention(BUDGET)
    attention.chosen([face(1)], 0.0)

    assert attention.chosen([face(1), face(2, 0.5), face(3, 0.9)], 1.0) == (2, 1)


def test_somebody_left_out_for_the_budget_is_next() -> None:
    attention = Attention(BUDGET)
    three = [face(1, 0.9), face(2, 0.8), face(3, 0.7)]

    assert attention.chosen(three, 0.0) == (0, 1)
    assert attention.chosen(three, 0.1) == (2,)
    assert attention.chosen(three, 0.25) == (0, 1)


def test_somebody_decided_is_looked_at_again_rarely() -> None:
    attention = Attention(BUDGET)
    attention.chosen([face(1)], 0.0)
    looks = [tenth / 10 for tenth in range(1, 110) if attention.chosen([face(1, decided=True)], tenth / 10)]

    assert looks == [5.0, 10.0]


def test_somebody_who_stays_undecided_is_looked_at_rarely_after_some_tries() -> None:
    attention = Attention(BUDGET)
    looks = [tenth / 10 for tenth in range(100) if attention.chosen([face(1)], tenth / 10)]

    assert looks == [0.0, 0.2, 0.4, 5.4]


def test_a_much_better_face_is_looked_at_at_once() -> None:
    attention = Attention(BUDGET)
    attention.chosen([face(1)], 0.0)

    assert attention.chosen([face(1, 1.4, decided=True)], 0.1) == ()
    assert attention.chosen([face(1, 1.6, decided=True)], 0.1) == (0,)
    assert attention.chosen([face(1, 1.6, decided=True)], 0.2) == ()


def test_a_track_that_jumped_counts_as_new() -> None:
    attention = Attention(BUDGET)
    attention.chosen([face(1)], 0.0)
    attention.again(1)

    assert attention.chosen([face(1, decided=True)], 0.1) == (0,)


def test_ended_tracks_are_forgotten() -> None:
    attention = Attention(BUDGET)
    for track in range(100_000):
        attention.chosen([face(track)], track / 10)
        attention.ended([track])

    assert len(attention) == 0


def test_somebody_whose_name_is_in_doubt_is_looked_at_like_a_new_one_for_as_long_as_it_takes() -> None:
    attention = Attention(BUDGET)
    doubted = Candidate(1, 1.0, decided=True, doubted=True)
    attention.chosen([face(1)], 0.0)
    looks = [tenth / 10 for tenth in range(1, 12) if attention.chosen([doubted], tenth / 10)]

    assert len(looks) == 5
    assert attention.chosen([face(2, decided=True), face(3, decided=True), doubted], 1.3) == (0, 1)
    assert attention.chosen([face(2, decided=True), doubted], 1.4) == (1,)
