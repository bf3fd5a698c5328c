from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.vision.embeddings import DIMENSIONS, MODEL, people, random
from vision import gallery_contents, gallery_delta
from vision.errors import GalleryError, GalleryGap
from vision.gallery_contents import Contents
from vision.gallery_delta import EVERYTHING, Delta, Row, adopted, applied, decoded, encoded, since
from vision.gallery_entries import Anchor, Entry, Kind, Person, key

NAMES: Final = ("an", "binh", "chi", "dung")


def nobody(gallery: str = "g1", model: str = MODEL) -> Contents:
    return gallery_contents.nothing(gallery, model, DIMENSIONS)


def edited(contents: Contents, put: Sequence[Entry] = (), remove: Sequence[str] = ()) -> Contents:
    return gallery_contents.edited(contents, put, [(Kind.PERSON, person) for person in remove])


def entries(contents: Contents) -> dict[tuple[Kind, str], tuple[str | None, bytes]]:
    return {
        (kind, entry_id): (index.against[place], index.rows(place).tobytes())
        for kind in Kind
        for index in (contents.of(kind),)
        for place, entry_id in enumerate(index.ids)
    }


def carried(delta: Delta) -> Delta:
    return decoded(encoded(delta))


def same(one: Contents, other: Contents) -> bool:
    return entries(one) == entries(other) and (one.version, one.checksum) == (other.version, other.checksum)


def test_an_edge_with_nothing_gets_everything_and_then_only_what_changed() -> None:
    center = edited(nobody(), [*people(5, photos=2), Anchor("m1", random(1), against="p1")])
    edge = applied(nobody(), carried(since(center, 0)))
    assert same(edge, center)

    center = edited(center, [Person("new", random(1, seed=9))], remove=["p1", "p2"])
    delta = carried(since(center, edge.version))

    assert [row.id for row in delta.put] == ["new"]
    assert len(delta.tombstones) == 3
    assert same(applied(edge, delta), center)


def test_a_delta_that_comes_twice_or_late_changes_nothing() -> None:
    first = edited(nobody(), people(3))
    second = edited(first, remove=["p1"])
    edge = applied(applied(nobody(), since(first, 0)), since(second, 1))

    assert applied(edge, since(second, 1)) is edge
    assert applied(edge, since(first, 0)) is edge


def test_a_delta_beyond_a_lost_one_is_refused_with_the_version_to_ask_from() -> None:
    first = edited(nobody(), people(3))
    second = edited(first, remove=["p1"])
    third = edited(second, remove=["p2"])
    edge = applied(nobody(), since(first, 0))

    with pytest.raises(GalleryGap, match="leaves a gap after version 1") as refused:
        applied(edge, since(third, 2))
    assert same(applied(edge, since(third, refused.value.since)), third)


def test_a_copy_that_diverged_is_noticed_by_the_next_delta_even_an_empty_one() -> None:
    center = edited(nobody(), people(3))
    edge = edited(nobody(), [*people(2), Person("p2", random(1, seed=9))])

    with pytest.raises(GalleryGap, match="ask for everything") as refused:
        applied(edge, since(center, edge.version))
    assert refused.value.since == EVERYTHING
    assert same(applied(edge, since(center, EVERYTHING)), center)


def test_a_copy_whose_anchor_is_against_somebody_else_has_diverged() -> None:
    center = edited(nobody(), [*people(3), Anchor("m1", random(1), against="p1")])
    edge = edited(nobody(), [*people(3), Anchor("m1", random(1), against="p2")])

    with pytest.raises(GalleryGap, match="ask for everything"):
        applied(edge, since(center, edge.version))


def test_a_delta_of_another_gallery_or_model_is_refused() -> None:
    edge = edited(nobody(), people(2))

    with pytest.raises(GalleryError, match="gallery g2 does not belong to gallery g1"):
        applied(edge, since(edited(nobody("g2"), people(2)), 0))
    with pytest.raises(GalleryError, match="model other:1:1 cannot be compared"):
        applied(edge, since(edited(nobody(model="other:1:1"), people(2)), 0))


def test_a_gallery_is_adopted_from_everything_only() -> None:
    center = edited(edited(nobody("g2"), people(3)), remove=["p0"])

    assert same(adopted(carried(since(center, EVERYTHING))), center)
    with pytest.raises(GalleryGap):
        adopted(since(center, 1))


def test_a_center_restored_from_an_older_state_says_so_and_gets_a_new_id() -> None:
    old = edited(nobody(), people(3))
    edge = applied(nobody(), since(edited(old, remove=["p0"]), 0))

    with pytest.raises(GalleryError, match="restored from an older state"):
        since(old, edge.version)
    renewed = gallery_delta.renewed(edited(old, remove=["p0"]), "g2")
    assert same(adopted(since(renewed, EVERYTHING)), renewed)


def test_removals_are_remembered_up_to_a_limit_beyond_it_everything_is_sent() -> None:
    photo = random(1)
    crowd = [Person(f"p{number}", photo) for number in range(gallery_contents.TOMBSTONES + 1)]
    first = edited(nobody(), [Person("old", photo)])
    second = edited(edited(first, remove=["old"]), crowd)
    third = edited(second, remove=[person.id for person in crowd[:-1]])

    assert len(third.tombstones) == gallery_contents.TOMBSTONES
    assert third.floor == 2
    assert since(third, 1).base == EVERYTHING
    assert since(third, 2).base == 2
    for copy in (first, second):
        assert same(applied(copy, since(third, copy.version)), third)


def test_somebody_enrolled_again_has_no_tombstone() -> None:
    photo = random(1)
    center = edited(edited(edited(nobody(), [Person("an", photo)]), remove=["an"]), [Person("an", photo)])

    assert not center.tombstones
    assert same(applied(applied(nobody(), since(edited(nobody(), [Person("an", photo)]), 0)), since(center, 1)), center)


def test_nothing_of_somebody_removed_is_in_a_delta_but_the_digest_of_the_id() -> None:
    gone = Person("gone-person", random(3, seed=9))
    center = edited(edited(nobody(), [*people(3), gone]), remove=["gone-person"])

    for version in (EVERYTHING, 0, 1):
        data = encoded(since(center, version))
        assert key(Kind.PERSON, "gone-person") in data
        assert b"gone-person" not in data
        assert not [row for row in gone.embeddings if row.tobytes() in data]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 2}, "format 2 cannot be read"),
        ({"version": -2}, "no delta of a gallery"),
        ({"checksum": b"short"}, "no delta of a gallery"),
        ({"version": 1 << 60}, "no delta of a gallery"),
        ({"floor": 1 << 60}, "no delta of a gallery"),
        ({"tombstones": {bytes(16): 1 << 60}}, "no delta of a gallery"),
        ({"put": [Row(0, "an", None, 1 << 63, random(1).tobytes())]}, "no delta of a gallery"),
    ],
)
def test_a_delta_that_is_none_is_refused(change: dict[str, object], sentence: str) -> None:
    delta = msgspec.structs.replace(since(edited(nobody(), people(2)), 0), **change)

    with pytest.raises(GalleryError, match=sentence):
        decoded(encoded(delta))


@pytest.mark.parametrize("rows", [b"", b"1234", np.zeros(DIMENSIONS, "<f4").tobytes()])
def test_rows_that_are_no_embeddings_are_refused(rows: bytes) -> None:
    delta = since(edited(nobody(), people(2)), 0)
    broken = msgspec.structs.replace(delta, put=[msgspec.structs.replace(row, rows=rows) for row in delta.put])

    with pytest.raises(GalleryError):
        applied(nobody(), broken)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_delta_or_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(GalleryError, match="no delta of a gallery"):
        decoded(data)


class Sync(RuleBasedStateMachine):
    """A center that changes, an edge that asks, and a network that loses, repeats and reorders."""

    def __init__(self) -> None:
        super().__init__()
        self.center = self.edge = nobody()
        self.past = [self.center]
        self.sent: list[bytes] = []

    @initialize(count=st.integers(0, 4))
    def begin(self, count: int) -> None:
        self._now(edited(self.center, people(count)))

    def _now(self, contents: Contents) -> None:
        self.center = contents
        self.past.append(contents)

    @rule(name=st.sampled_from(NAMES), seed=st.integers(0, 5), photos=st.integers(1, 3))
    def enrol(self, name: str, seed: int, photos: int) -> None:
        self._now(edited(self.center, [Person(name, random(photos, seed=seed))]))

    @rule(name=st.sampled_from(NAMES), seed=st.integers(0, 5), against=st.none() | st.sampled_from(NAMES))
    def mark(self, name: str, seed: int, against: str | None) -> None:
        self._now(edited(self.center, [Anchor(f"m-{name}", random(1, seed=seed), against)]))

    @rule(names=st.lists(st.sampled_from(NAMES), max_size=3))
    def remove(self, names: list[str]) -> None:
        self._now(edited(self.center, remove=names))

    @rule(back=st.integers(0, 3))
    def send(self, back: int) -> None:
        self.sent.append(encoded(since(self.center, max(0, self.edge.version - back))))

    @rule(at=st.integers(0, 30), version=st.integers(0, 30))
    def send_an_old_state(self, at: int, version: int) -> None:
        old = self.past[at % len(self.past)]
        self.sent.append(encoded(since(old, min(version, old.version))))

    @precondition(lambda self: bool(self.sent))
    @rule(which=st.integers(0, 100), again=st.booleans())
    def deliver(self, which: int, again: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        data = self.sent[which % len(self.sent)] if again else self.sent.pop(which % len(self.sent))
        try:
            self.edge = applied(self.edge, decoded(data))
        except GalleryGap as gap:
            self.edge = applied(self.edge, since(self.center, gap.since))
            assert same(self.edge, self.center)

    @invariant()
    def the_edge_is_what_the_center_was_at_that_version(self) -> None:
        assert any(same(self.edge, contents) for contents in self.past)

    def teardown(self) -> None:
        assert same(applied(self.edge, since(self.center, self.edge.version)), self.center)


TestSync = Sync.TestCase
