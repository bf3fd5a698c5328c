import pytest

from edge.packing import payloads
from tests.edge.factories import NOW_US, reading
from wardroom import senml
from wardroom.errors import InvalidMessage
from wardroom.senml import RECORD_LIMIT, WIRE_LIMIT


@pytest.mark.parametrize("count", [1, 2, RECORD_LIMIT, RECORD_LIMIT + 1, 3 * RECORD_LIMIT])
@pytest.mark.parametrize("width", [1, 64])
def test_packs_are_within_every_limit_and_hold_all_in_order(count: int, width: int) -> None:
    readings = tuple(reading(n + 0.123456789, sensor="s" * width, quantity="q" * width, observed_us=NOW_US + n) for n in range(count))

    packs = payloads(readings, NOW_US)

    assert all(len(pack) <= WIRE_LIMIT for pack in packs)
    assert tuple(one for pack in packs for one in senml.decode(pack).readings) == readings


def test_what_fits_is_one_pack() -> None:
    assert len(payloads(tuple(reading(observed_us=NOW_US + n) for n in range(RECORD_LIMIT)), NOW_US)) == 1


def test_no_readings_are_no_pack() -> None:
    with pytest.raises(InvalidMessage):
        payloads((), NOW_US)
