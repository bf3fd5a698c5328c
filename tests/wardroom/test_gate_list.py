import msgspec
import pytest

from wardroom import gate_list
from wardroom.errors import InvalidMessage
from wardroom.gate_list import GateList, ListedDelegate, ListedGate

AN = ListedDelegate(id="d1", occasion="o1", name="Nguyễn Văn An", badge="ab" * 32, lists=("l1",))
LISTED = GateList(gates=(ListedGate(id="g1", name="Cổng 1", occasion="o1", list="l1", direction="in", camera="c1"),), delegates=(AN,))


def test_equal_lists_have_equal_versions_and_any_change_another() -> None:
    first = gate_list.sealed(LISTED)
    again = gate_list.sealed(msgspec.structs.replace(LISTED, version="of before"))
    changed = gate_list.sealed(msgspec.structs.replace(LISTED, delegates=(msgspec.structs.replace(AN, seat="A1"),)))

    assert first == again
    assert len(first.version) == 64
    assert changed.version != first.version


def test_a_list_comes_through_as_it_was() -> None:
    assert gate_list.decoded(gate_list.encoded(gate_list.sealed(LISTED))) == gate_list.sealed(LISTED)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"gates":[{"id":"g"}]}',
        b"\xff",
        b'{"delegates":[{"id":"d","occasion":"o","name":"n","badge":"x"}]}',
        b"{}",
        b'{"error":"sign in first"}',
        b'{"version":"a line\\nmore"}',
        b'{"version":"' + b"0" * 64 + b'","occasions":[{"id":"o","name":"n","state":"open","opened":"2026-05-20T08:00:00"}]}',
        b'{"more":' + b"[" * 100_000,
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(InvalidMessage, match="list of gates"):
        gate_list.decoded(data)
