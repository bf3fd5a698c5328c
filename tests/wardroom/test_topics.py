import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardroom import topics
from wardroom.errors import InvalidTopic
from wardroom.topics import SEQUENCE_LIMIT, Gateway, GatewayTopic, PackTopic, parse

GATEWAY = Gateway("vp-ubnd", "gw-1")
ids = st.from_regex(topics.ID, fullmatch=True).filter(lambda name: name != topics.CENTER)


@given(ids, ids, st.sampled_from(["readings", "events"]), ids, st.integers(0, SEQUENCE_LIMIT - 1))
def test_the_topic_of_a_pack_parses_to_its_parts(site: str, name: str, kind: str, boot: str, seq: int) -> None:
    gateway = Gateway(site, name)

    assert parse(gateway.pack(kind, boot, seq)) == PackTopic(gateway, kind, boot, seq)


@pytest.mark.parametrize("channel", ["status", "birth", "health", "receipts"])
def test_what_a_gateway_says_of_itself_parses_to_its_channel(channel: str) -> None:
    assert parse(getattr(GATEWAY, channel)) == GatewayTopic(GATEWAY, channel)


def test_the_tree_is_as_it_is_written_down() -> None:
    assert GATEWAY.prefix == "ward/vp-ubnd/gw-1"
    assert GATEWAY.commands == "ward/vp-ubnd/gw-1/commands/+"
    assert GATEWAY.policy == "ward/vp-ubnd/center/policy/gw-1"
    assert topics.PACKS == ("ward/+/+/readings/+/+", "ward/+/+/events/+/+")
    assert topics.STATES == ("ward/+/+/status", "ward/+/+/birth", "ward/+/+/health")
    assert topics.shared("ingest", topics.PACKS[0]) == "$share/ingest/ward/+/+/readings/+/+"


@pytest.mark.parametrize(
    ("key", "topic"),
    [
        ("wire.bad_topic", ""),
        ("wire.bad_topic", "ward/a/b"),
        ("wire.bad_topic", "ward/a/b/commands/x"),
        ("wire.bad_topic", "ward/a/b/status/x"),
        ("wire.bad_topic", "ward/a/b/status\n"),
        ("wire.bad_topic", "town/a/b/status"),
        ("wire.bad_topic", "ward/a b/c/status"),
        ("wire.bad_topic", "ward/a/b/readings/boot"),
        ("wire.bad_topic", "ward/a/b/readings/boot/01"),  # one number, one way to write it
        ("wire.bad_topic", "ward/a/b/readings/boot/-1"),
        ("wire.bad_topic", "ward/a/b/readings/boot/١"),  # a digit, not one of ours
        ("wire.bad_topic", f"ward/{'a' * 65}/b/status"),
        ("wire.bad_sequence", f"ward/a/b/readings/boot/{SEQUENCE_LIMIT}"),
        ("wire.reserved_id", "ward/a/center/status"),
        ("wire.bad_topic", "ward/a/center/policy/gw-1"),
    ],
)
def test_what_is_outside_the_tree_is_refused_with_its_reason(key: str, topic: str) -> None:
    with pytest.raises(InvalidTopic) as caught:
        parse(topic)

    assert caught.value.key == key


@pytest.mark.parametrize(("site", "name"), [("", "b"), ("a", ""), ("a/b", "c"), ("a", "+"), ("a", "b\n"), ("đ", "b"), ("a" * 65, "b")])
def test_a_gateway_with_ids_the_tree_cannot_carry_does_not_exist(site: str, name: str) -> None:
    with pytest.raises(InvalidTopic):
        Gateway(site, name)


def test_the_same_ids_give_the_same_object() -> None:
    assert topics.gateway("a", "b") is topics.gateway("a", "b")
