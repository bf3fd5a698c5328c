import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge import birth
from edge.settings import Edge
from tests.project import tree
from wardroom import messages, senml
from wardroom.bus import Outgoing
from wardroom.documents import asyncapi, generated, yaml_text
from wardroom.documents.channels import CHANNELS, Channel, Party
from wardroom.embedded import access
from wardroom.errors import ConfigError
from wardroom.topics import Gateway

PLACE = Gateway("vp-ubnd", "gw-1")
USERS = {Party.GATEWAY: access.gateway(PLACE, "x"), Party.INGEST: access.ingest("x"), Party.CENTER: access.center("x")}
BY_NAME = {channel.name: channel for channel in CHANNELS}


def topic(channel: Channel) -> str:
    return channel.address.format(site=PLACE.site, gateway=PLACE.gateway, boot="b", seq=7, name="n", id="i")


def covers(topic_filter: str, topic: str) -> bool:
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted, levels = wanted[:-1], levels[: len(wanted) - 1]
    return len(wanted) == len(levels) and all(want in {"+", level} for want, level in zip(wanted, levels, strict=True))


def references(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        yield from (data["$ref"],) if "$ref" in data else ()
        for value in data.values():
            yield from references(value)
    elif isinstance(data, list):
        for value in data:
            yield from references(value)


def resolve(document: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


@pytest.mark.parametrize("name", generated.DOCUMENTS)
def test_a_generated_document_is_up_to_date(name: str) -> None:
    assert (tree.ROOT / name).read_text(encoding="utf-8") == generated.DOCUMENTS[name](), "run: wardroom docs"


def test_a_stale_document_is_named_written_and_then_current(tmp_path: Path) -> None:
    (tmp_path / "wardroom" / "documents").mkdir(parents=True)

    assert generated.stale(tmp_path) == list(generated.DOCUMENTS)
    assert generated.write(tmp_path) == list(generated.DOCUMENTS)
    assert generated.stale(tmp_path) == []


def test_a_folder_that_is_not_the_source_tree_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--root"):
        generated.stale(tmp_path)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_the_broker_lets_exactly_its_sender_publish_on_a_channel(channel: Channel) -> None:
    writers = {party for party, user in USERS.items() if any(covers(allowed, topic(channel)) for allowed in user.writes)}

    assert writers == {channel.sender}


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_the_broker_lets_the_readers_of_a_channel_read_it_and_a_gateway_only_its_own(channel: Channel) -> None:
    readers = {party for party, user in USERS.items() if any(covers(allowed, topic(channel)) for allowed in user.reads)}

    assert set(channel.readers) <= readers
    assert (Party.GATEWAY in readers) == (Party.GATEWAY in channel.readers)


def test_every_right_of_a_gateway_has_its_channel_in_the_table() -> None:
    rights = (*USERS[Party.GATEWAY].writes, *USERS[Party.GATEWAY].reads)

    assert not [right for right in rights if not any(covers(right, topic(channel)) for channel in CHANNELS)]


def test_what_the_edge_sends_has_the_quality_and_retention_of_its_channel() -> None:
    settings = Edge(
        site=PLACE.site,
        gateway=PLACE.gateway,
        data=".",
        name=messages.Name("x", "x"),
        site_description=messages.SiteDescription(messages.Name("x", "x"), messages.SiteKind.OFFICE),
    )
    sent = {
        "status": birth.status(PLACE, messages.GatewayState.ONLINE, "b"),
        "birth": birth.birth(settings, (), boot="b", now_us=0),
        "readings": Outgoing(PLACE.pack("readings", "b", 7), b""),
    }

    assert {name: (message.topic, message.qos, message.retain) for name, message in sent.items()} == {
        name: (topic(BY_NAME[name]), BY_NAME[name].qos, BY_NAME[name].retained) for name in sent
    }


def test_the_examples_are_messages_of_ours() -> None:
    decoders: dict[str, type[msgspec.Struct]] = {
        "status": messages.Status,
        "birth": messages.Birth,
        "health": messages.Health,
        "receipts": messages.Receipt,
    }

    assert senml.decode(BY_NAME["readings"].example or b"").readings
    assert messages.decode_event(BY_NAME["events"].example or b"", PLACE).source == PLACE.prefix
    assert all(isinstance(messages.decode(BY_NAME[name].example or b"", kind), kind) for name, kind in decoders.items())


def test_the_asyncapi_document_is_whole() -> None:
    document = asyncapi.structure()

    assert document["asyncapi"] == "3.0.0"
    assert set(document["channels"]) == {channel.name for channel in CHANNELS if channel.message} | {"live"}
    assert {operation["channel"]["$ref"].rsplit("/", 1)[1] for operation in document["operations"].values()} == set(document["channels"])
    assert all(resolve(document, reference) is not None for reference in references(document))


def test_every_asyncapi_operation_over_mqtt_binds_quality_and_retention() -> None:
    operations = asyncapi.structure()["operations"].values()
    bound = {
        operation["channel"]["$ref"].rsplit("/", 1)[1]: operation["bindings"]["mqtt"] for operation in operations if "bindings" in operation
    }

    assert {name: (binding["qos"], binding["retain"]) for name, binding in bound.items()} == {
        channel.name: (channel.qos, channel.retained) for channel in CHANNELS if channel.message
    }


def test_every_place_of_an_address_is_a_parameter() -> None:
    channels = asyncapi.structure()["channels"]

    assert all(set(channels[channel.name]["parameters"]) == set(channel.places) for channel in CHANNELS if channel.message)


def test_yaml_quotes_every_text_and_keeps_order_and_emptiness() -> None:
    data: dict[str, yaml_text.Data] = {"b": [{"no": "yes", "k": [1, 2.5]}, [], "x: y"], "a": {"empty": {}, "on/off": None, "n": True}}

    assert yaml_text.text(data) == (
        'b:\n  - "no": "yes"\n    k:\n      - 1\n      - 2.5\n  - []\n  - "x: y"\na:\n  empty: {}\n  "on/off": null\n  "n": true\n'
    )


def test_the_openapi_document_has_stable_operation_ids() -> None:
    document = json.loads((tree.ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values() if isinstance(operation, dict)]

    assert len(ids) == len(set(ids)) > 0


def test_every_message_on_the_wire_ignores_no_field_of_ours() -> None:
    strict = (messages.Status, messages.Birth, messages.Health, messages.Receipt)

    assert all(msgspec.json.schema(kind)["$defs"][kind.__name__]["additionalProperties"] is False for kind in strict)
