"""Turns: everyone's messages are in the next batch, a gateway's own stay in their order, and who is silent is forgotten."""

from ingest.lanes import QUIET_S, Lanes, lane_of

SMALL = 100
BIG = 60_000


def lanes(**sent: int) -> Lanes[str]:
    """Lanes in which each gateway has put so many small messages, one gateway after the other."""
    made: Lanes[str] = Lanes()
    for name, count in sent.items():
        for number in range(count):
            made.put(name, f"{name}{number}", SMALL)
    return made


def test_a_batch_has_something_of_everyone() -> None:
    batch = lanes(flood=5_000, b=1, c=2).cut(100, 2**20)
    assert len(batch) == 100
    assert {message[0] for message in batch} == {"f", "b", "c"}
    assert batch.count("b0") == batch.count("c1") == 1


def test_a_gateways_messages_stay_in_their_order() -> None:
    made = lanes(a=700, b=50)
    whole = made.cut(60, 2**20) + made.cut(300, 10_000) + made.cut(5_000, 2**20)
    assert [message for message in whole if message[0] == "a"] == [f"a{number}" for number in range(700)]
    assert [message for message in whole if message[0] == "b"] == [f"b{number}" for number in range(50)]
    assert (made.waiting, made.bytes) == (0, 0)


def test_turns_are_shared_by_bytes() -> None:
    made = lanes(small=4_000)
    for number in range(50):
        made.put("big", f"big{number}", BIG)
    batch = made.cut(4_000, 2**20)
    sizes = {"small": SMALL * sum(message[0] == "s" for message in batch), "big": BIG * sum(message[0] == "b" for message in batch)}
    assert sizes["big"] > 4 * BIG
    assert sizes["small"] > 90_000  # a message counts 512 bytes more than it has: five times as much as these


def test_a_batch_ends_at_its_bytes_and_the_next_goes_on() -> None:
    made = lanes(a=10)
    assert made.cut(100, 250) == ["a0", "a1", "a2"]
    assert (made.waiting, made.bytes) == (7, 700)
    assert made.cut(2, 2**20) == ["a3", "a4"]


def test_who_is_silent_is_forgotten_and_who_waits_is_not() -> None:
    made = lanes(a=1)
    made.lane("b")
    made.sweep(2.0)
    made.lane("c")
    made.sweep(QUIET_S + 1)
    assert len(made) == 2
    made.sweep(QUIET_S + 3)
    assert len(made) == 1  # a's message still waits
    assert made.cut(10, 1_000) == ["a0"]


def test_more_gateways_than_can_be_known_are_forgotten_at_once() -> None:
    made: Lanes[str] = Lanes()
    for number in range(10_001):
        made.lane(f"g{number}")
    made.sweep(2.0)
    assert len(made) == 0


def test_a_topic_belongs_to_its_gateway() -> None:
    assert lane_of("ward/a/gw-1/readings/b1/0") == lane_of("ward/a/gw-1/status") == "ward/a/gw-1"
    for strange in ("", "ward", "ward/a", "///", "x" * 70_000):
        assert len(lane_of(strange)) <= len(strange)
