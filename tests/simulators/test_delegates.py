import unicodedata

from simulators.delegates import COUNT, MARK, delegates


def test_a_congress_has_its_delegates_in_a_dozen_delegations_and_none_looks_like_another() -> None:
    found = delegates(1)

    assert len(found) == COUNT == len({one.name for one in found}) == len({one.seat for one in found}) == len({one.code for one in found})
    assert len({one.delegation for one in found}) == 12
    assert [one.number for one in found] == list(range(1, COUNT + 1))


def test_everybody_is_marked_as_simulated_and_written_in_composed_letters() -> None:
    for one in delegates(2):
        assert MARK in one.unit
        assert MARK in one.delegation
        assert one.name == unicodedata.normalize("NFC", one.name)


def test_the_same_seed_is_the_same_list_and_another_one_another() -> None:
    assert delegates(3) == delegates(3) != delegates(4)


def test_ten_thousand_have_different_names_too() -> None:
    assert (
        len({(one.name, one.seat, one.code) for one in delegates(1, 10_000)}) == 10_000 == len({one.name for one in delegates(1, 10_000)})
    )
