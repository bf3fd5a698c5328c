from wardroom import units


def test_no_unit_of_ours_hides_one_of_the_registry() -> None:
    assert not units.OURS & (units.SENML | units.SECONDARY)
    assert not units.SENML & units.SECONDARY


def test_a_ratio_and_a_thing_counted_have_units_and_truth_has_none() -> None:
    assert {"/", "%RH", "Cel", "VND", "person"} <= units.KNOWN
    assert units.BOOLEAN not in units.KNOWN
