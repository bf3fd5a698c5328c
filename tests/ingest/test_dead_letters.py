"""What is kept of a message that cannot be stored."""

from ingest.dead_letters import Envelope, letter, storable
from tests.ingest.factories import GATEWAY, NOW_US
from wardroom.senml import WIRE_LIMIT


def test_the_same_message_for_the_same_reason_has_the_same_digest() -> None:
    envelope = Envelope("ward/a/b/readings/c/1", b"{}", NOW_US)
    again = Envelope("ward/a/b/readings/c/1", b"{}", NOW_US + 1)
    first, second, other = (letter(each, reason, "", GATEWAY) for each, reason in ((envelope, "x"), (again, "x"), (envelope, "y")))
    assert first.digest == second.digest
    assert first.digest != other.digest


def test_payload_and_topic_are_cut_to_what_is_kept() -> None:
    kept = letter(Envelope("t" * 5_000, b"p" * (WIRE_LIMIT + 5), NOW_US), "wire.too_large", "d" * 9_000, None)
    assert (len(kept.topic), len(kept.payload), len(kept.detail)) == (1_000, WIRE_LIMIT, 2_000)


def test_texts_are_made_storable() -> None:
    assert storable("a\0b\ud800c") == "a\ufffdb?c"
