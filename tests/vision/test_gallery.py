from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.embeddings import DIMENSIONS, MODEL, near, people, random
from vision import gallery_contents
from vision.errors import GalleryError
from vision.faces import Embeddings
from vision.gallery import NO_SCORE, NOBODY, Gallery
from vision.gallery_entries import PHOTOS, Anchor, Person


def gallery(*persons: Person | Anchor) -> Gallery:
    made = Gallery(gallery_contents.nothing("g1", MODEL, DIMENSIONS))
    made.change(persons)
    return made


def test_the_nearest_person_and_the_second_are_found_with_their_cosines() -> None:
    an, binh = random(2)
    found = gallery(Person("an", an[None]), Person("binh", binh[None]))

    (match,) = found.search(near(an, 0.7), MODEL)

    assert (match.person, match.runner_up) == ("an", "binh")
    assert match.score == pytest.approx(0.7, abs=1e-5)
    assert match.runner_up_score == pytest.approx(float(near(an, 0.7)[0] @ binh), abs=1e-5)


def test_many_photos_make_nobody_likelier() -> None:
    face = random(1)[0]
    thirty = Person("many", np.concatenate([near(face, 0.5, seed=number) for number in range(30)]))

    (match,) = gallery(thirty, Person("one", near(face, 0.6, seed=99))).search(face[None], MODEL)

    assert (match.person, match.runner_up) == ("one", "many")
    assert match.runner_up_score == pytest.approx(0.5, abs=1e-5)


def test_the_second_is_another_person_never_another_photo_of_the_first() -> None:
    face = random(1)[0]

    (match,) = gallery(Person("an", np.concatenate([near(face, 0.9), near(face, 0.8, seed=1)]))).search(face[None], MODEL)

    assert (match.person, match.runner_up, match.runner_up_score) == ("an", None, NO_SCORE)


def test_in_an_empty_gallery_is_nobody() -> None:
    assert gallery().search(random(2), MODEL) == (NOBODY, NOBODY)
    assert gallery(*people(3)).search(random(0), MODEL) == ()


@given(st.data(), st.integers(1, 40), st.integers(1, 20))
def test_a_search_finds_what_comparing_one_by_one_finds(data: st.DataObject, count: int, faces: int) -> None:
    rows = random(count, seed=1)
    cuts = sorted({0, *data.draw(st.lists(st.integers(0, count - 1), max_size=count))})
    persons = [
        Person(f"p{place}", rows[first:last][:PHOTOS]) for place, (first, last) in enumerate(zip(cuts, [*cuts[1:], count], strict=True))
    ]
    queries = random(faces, seed=2)

    for query, match in zip(queries, gallery(*persons).search(queries, MODEL), strict=True):
        scores = sorted(((float((person.embeddings @ query).max()), person.id) for person in persons), reverse=True)
        assert (match.person, match.runner_up) == (scores[0][1], scores[1][1] if len(scores) > 1 else None)
        assert match.score == pytest.approx(scores[0][0], abs=1e-6)


def test_embeddings_of_another_model_are_refused() -> None:
    with pytest.raises(GalleryError, match="model other:1 cannot be compared with a gallery of model test:"):
        gallery(*people(2)).search(random(1), "other:1")


@pytest.mark.parametrize(
    "rows",
    [
        np.full((1, DIMENSIONS), np.nan, np.float32),
        np.full((1, DIMENSIONS), np.inf, np.float32),
        np.zeros((1, DIMENSIONS), np.float32),
        random(1) * 5,
        random(1).astype(np.float64),
    ],
)
def test_what_is_no_embedding_is_nearest_to_nobody_and_refused(rows: Embeddings) -> None:
    with pytest.raises(GalleryError, match="not of length 1, or holds no numbers"):
        gallery(*people(3)).search(np.concatenate([random(2), rows]) if rows.dtype == np.float32 else rows, MODEL)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (random(1, dimensions=64), "64 where this gallery has 32 dimensions"),
        (np.zeros((1, DIMENSIONS), np.float32), "not of length 1"),
        (np.full((1, DIMENSIONS), np.nan, np.float32), "not of length 1"),
        (random(1) * 2, "not of length 1"),
        (random(0), "give 1 to 32 rows"),
        (random(PHOTOS + 1), "give 1 to 32 rows"),
        (random(1).astype(np.float64), "float64"),
    ],
)
def test_embeddings_that_cannot_be_compared_are_refused_and_change_nothing(rows: Embeddings, sentence: str) -> None:
    made = gallery(*people(2))
    before = made.contents

    with pytest.raises(GalleryError, match=sentence):
        made.change([Person("new", rows)])

    assert made.contents is before


@pytest.mark.parametrize("person_id", ["", "x" * 65, "two\nlines", "\ud800", "x" * 300])
def test_an_id_that_is_none_is_refused(person_id: str) -> None:
    with pytest.raises(GalleryError, match="it must be 1 to 64 printable bytes"):
        Person(person_id, random(1))
    with pytest.raises(GalleryError, match="it must be 1 to 64 printable bytes"):
        Anchor("m1", random(1), against=person_id)


def test_a_gallery_holds_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery_contents, "ROWS", 5)
    made = gallery(*people(2, photos=2))

    with pytest.raises(GalleryError, match="6 embeddings and 0 anchors are more than a gallery holds"):
        made.change([Person("new", random(2, seed=9))])
    assert len(made) == 2


def test_a_person_put_again_has_the_new_photos_only() -> None:
    made = gallery(*people(3, photos=2))
    rows = random(1, seed=9)

    made.change([Person("p1", rows)])

    changed = made.person("p1")
    assert changed is not None
    assert np.array_equal(changed.embeddings, rows)
    assert len(made) == 3
    assert made.person("p9") is None


def test_many_changes_at_once_are_one_version_and_none_is_no_version() -> None:
    made = gallery(*people(5))

    made.change([Person("new", random(1, seed=9))], remove=["p1", "p2", "nobody"])
    assert made.contents.version == 2
    made.change(remove=["nobody"])
    assert made.contents.version == 2
    assert set(made.contents.persons.ids) == {"p0", "p3", "p4", "new"}


def test_an_anchor_is_told_with_the_person_it_is_against() -> None:
    face, other = random(2)
    marks = [Anchor("m1", near(face, 0.7), against="an"), Anchor("m2", near(face, 0.9), against="binh"), Anchor("m3", near(face, 0.3))]
    made = gallery(Person("an", near(face, 0.6)), Person("binh", other[None]), *marks)

    (match,) = made.search(face[None], MODEL)

    assert (match.person, match.anchor) == ("an", "m1")
    assert match.anchor_score == pytest.approx(0.7, abs=1e-5)
    made.change(remove_anchors=["m1"])
    assert made.search(face[None], MODEL)[0].anchor == "m3"
    assert {anchor.id for anchor in made.anchors()} == {"m2", "m3"}


def test_with_a_person_the_anchors_against_that_person_leave() -> None:
    made = gallery(*people(2), Anchor("m1", random(1), against="p0"), Anchor("m2", random(1)))

    made.change(remove=["p0"])

    assert [anchor.id for anchor in made.anchors()] == ["m2"]


def test_an_anchor_against_somebody_who_leaves_in_the_same_change_does_not_stay() -> None:
    made = gallery(*people(2))

    made.change([Anchor("m1", random(1), against="p0")], remove=["p0"])

    assert made.anchors() == ()


def test_a_search_in_another_thread_never_sees_half_a_change() -> None:
    face = random(1)[0]
    pairs = [
        [Person("an", near(face, 0.9)), Person("binh", near(face, 0.1))],
        [Person("an", near(face, 0.2)), Person("binh", near(face, 0.8))],
    ]
    made = gallery(*pairs[0])

    def searched(_: int) -> tuple[str | None, float, float]:
        (match,) = made.search(face[None], MODEL)
        return match.person, round(match.score, 3), round(match.runner_up_score, 3)

    with ThreadPoolExecutor(3) as threads:
        changes = threads.submit(lambda: [made.change(pairs[number % 2]) for number in range(1, 301)])
        seen = set(threads.map(searched, range(2_000)))
        changes.result()

    assert seen <= {("an", 0.9, 0.1), ("binh", 0.8, 0.2)}


def test_rows_of_a_state_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        gallery(*people(2)).contents.persons.matrix[0, 0] = 1


def test_nothing_of_somebody_removed_stays_in_memory_arrays() -> None:
    gone = Person("gone-person", random(3, seed=9))
    made = gallery(*people(3), gone)

    contents = made.change(remove=["gone-person"])

    assert not [row for row in gone.embeddings if row.tobytes() in contents.persons.matrix.tobytes()]
    assert "gone-person" not in repr((contents.persons.ids, contents.persons.positions, contents.tombstones))
    assert contents.persons.matrix.base is None
