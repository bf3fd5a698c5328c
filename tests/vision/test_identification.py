import math

import numpy as np

from vision import identification
from vision.faces import Embeddings
from vision.identification import UNKNOWN, Limits, Look


def facing(*angles: float) -> Embeddings:
    return np.array([[math.cos(math.radians(angle)), math.sin(math.radians(angle))] for angle in angles], np.float32)


PERSONS = ["an", "an", "binh", "binh"]
APART = facing(0, 10, 90, 100)


def test_each_photo_is_looked_up_where_it_is_not_enrolled_itself() -> None:
    found = identification.looks(APART, PERSONS)
    enrolled = [(look.probe, look.nearest) for look in found if look.enrolled]

    assert enrolled == [(1, "an"), (3, "binh"), (0, "an"), (2, "binh")]


def test_a_person_left_out_of_the_enrolment_is_a_stranger() -> None:
    found = [look for look in identification.looks(APART, PERSONS) if not look.enrolled]

    assert len(found) == 8
    assert all(look.nearest != look.person and not look.second for look in found)


def test_a_name_needs_the_score_and_the_lead_over_the_second() -> None:
    look = Look(0, "an", enrolled=True, nearest="an", score=0.6, second="binh", second_score=0.55)

    assert look.named(Limits(accept=0.5, margin=0.01)) == "an"
    assert look.named(Limits(accept=0.5, margin=0.1)) == UNKNOWN
    assert look.named(Limits(accept=0.7, margin=0.01)) == UNKNOWN


def test_the_confusion_counts_right_wrong_and_unknown_and_named_strangers() -> None:
    found = [
        Look(0, "an", enrolled=True, nearest="an", score=0.9, second="binh", second_score=0.1),
        Look(1, "an", enrolled=True, nearest="binh", score=0.8, second="an", second_score=0.1),
        Look(2, "binh", enrolled=True, nearest="binh", score=0.3, second="an", second_score=0.1),
        Look(3, "chi", enrolled=False, nearest="an", score=0.7, second="", second_score=-1),
        Look(3, "chi", enrolled=False, nearest="an", score=0.2, second="", second_score=-1),
    ]
    table = identification.confusion(found, Limits(accept=0.5, margin=0.05))

    assert table.persons == ("an", "binh", "chi")
    assert table.counts == ((1, 1, 0, 0), (0, 0, 0, 1), (0, 0, 0, 0))
    assert (table.right, table.wrong, table.unknown) == (1, 1, 1)
    assert (table.strangers, table.strangers_named) == (2, 1)


def test_advice_lies_between_the_right_and_the_wrong() -> None:
    advice = identification.advice(identification.looks(APART, PERSONS))

    assert advice is not None
    assert advice.apart
    assert advice.unknown == round(math.cos(math.radians(80)), 2)
    assert advice.accept == round((math.cos(math.radians(80)) + math.cos(math.radians(10))) / 2, 2)
    assert 0 < advice.margin < 0.5


def test_advice_for_photos_that_overlap_is_above_every_wrong_person() -> None:
    overlapping = identification.looks(facing(0, 60, 50, 100), PERSONS)
    advice = identification.advice(overlapping)

    assert advice is not None
    assert not advice.apart
    assert identification.confusion(overlapping, Limits(advice.accept, advice.margin)).wrong == 0


def test_nothing_is_advised_from_one_person_alone() -> None:
    assert identification.advice(identification.looks(facing(0, 10), ["an", "an"])) is None
