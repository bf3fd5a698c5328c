import msgspec
import pytest

from tests.embedded.conftest import GATEWAY, OTHER, Ready
from tests.embedded.mqtt import Plain, connected
from wardroom.embedded import access
from wardroom.embedded.access import User
from wardroom.errors import EmbeddedError

OWN = GATEWAY.prefix
NEXT = OTHER.prefix
SITE = f"ward/{GATEWAY.site}"

PUBLISHES = [
    # a gateway writes all of its own
    ("gateway", f"{OWN}/readings/b/1", True),
    ("gateway", f"{OWN}/events/b/1", True),
    ("gateway", f"{OWN}/status", True),
    ("gateway", f"{OWN}/birth", True),
    ("gateway", f"{OWN}/health", True),
    ("gateway", f"{OWN}/replies/r1", True),
    # … and nothing else
    ("gateway", f"{OWN}/receipts", False),
    ("gateway", f"{OWN}/commands/open", False),
    ("gateway", f"{OWN}/readings/b", False),
    ("gateway", f"{OWN}/readings/b/1/more", False),
    ("gateway", f"{NEXT}/readings/b/1", False),
    ("gateway", f"{NEXT}/status", False),
    ("gateway", f"{SITE}/center/policy/{GATEWAY.gateway}", False),
    ("gateway", f"{SITE}/center/alerts/a", False),
    ("gateway", "other/topic", False),
    # what stores writes receipts
    ("ingest", f"{OWN}/receipts", True),
    ("ingest", f"{OWN}/readings/b/1", False),
    ("ingest", f"{OWN}/commands/open", False),
    ("ingest", f"{SITE}/center/alerts/a", False),
    # what shows writes its own topics and commands
    ("center", f"{SITE}/center/policy/{GATEWAY.gateway}", True),
    ("center", f"{SITE}/center/alerts/a", True),
    ("center", f"{OWN}/commands/open", True),
    ("center", f"{OWN}/receipts", False),
    ("center", f"{OWN}/readings/b/1", False),
]

READS = [
    ("gateway", f"{OWN}/receipts", True),
    ("gateway", f"{OWN}/commands/open", True),
    ("gateway", f"{SITE}/center/policy/{GATEWAY.gateway}", True),
    ("gateway", f"{NEXT}/receipts", False),
    ("gateway", f"{NEXT}/commands/open", False),
    ("gateway", f"{SITE}/center/policy/{OTHER.gateway}", False),
    ("gateway", f"{SITE}/center/alerts/a", False),
    ("ingest", f"{OWN}/receipts", True),
    ("center", f"{SITE}/center/alerts/a", True),
]


END = "ward/end/center/alerts/end"


@pytest.mark.servers
def test_every_user_publishes_exactly_what_is_its_own(each_broker: Ready) -> None:
    with connected(each_broker.ingest, each_broker.port) as watcher:
        assert watcher.subscribe("ward/#")
        for name, topic, allowed in PUBLISHES:
            writer: User = getattr(each_broker, name)
            with connected(writer, each_broker.port) as client:
                client.publish(topic, topic.encode(), acknowledged=allowed)
            with connected(each_broker.center, each_broker.port) as client:
                client.publish(END, b"end")
                seen = _until_end(watcher)
            assert (topic in seen) is allowed, f"{name} → {topic}"


def _until_end(watcher: Plain) -> list[str]:
    seen: list[str] = []
    while (message := watcher.next())[1] != b"end":
        seen.append(message[0])
    return seen


@pytest.mark.servers
def test_every_user_reads_exactly_what_is_its_own(each_broker: Ready) -> None:
    for name, topic, allowed in READS:
        reader: User = getattr(each_broker, name)
        with connected(reader, each_broker.port) as client:
            client.subscribe("ward/#")  # too much: refused, or granted and filtered
            client.subscribe(topic)
            client.subscribe(f"{OWN}/commands/end" if name == "gateway" else "ward/#")
            with connected(each_broker.ingest if topic.endswith("receipts") else each_broker.center, each_broker.port) as writer:
                writer.publish(topic, b"told", acknowledged=True)
            with connected(each_broker.center, each_broker.port) as writer:
                writer.publish(f"{OWN}/commands/end", b"end")
                seen = _until_end(client)
        assert (topic in seen) is allowed, f"{name} ← {topic}"


@pytest.mark.servers
def test_a_wrong_password_an_unknown_user_and_nobody_are_refused(each_broker: Ready) -> None:
    for user in (
        User(name="ingest", password="wrong"),
        User(name="stranger", password="i"),
        User(name=each_broker.gateway.name, password="i"),
    ):
        client = Plain(user)
        assert not client.connect(each_broker.port), user.name
        client.close()


def test_the_probes_user_may_nothing() -> None:
    probe = access.probe()
    assert probe.writes == probe.reads == ()
    assert probe.password != access.probe().password


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\nuser root", "ă"])
def test_a_name_that_would_break_the_brokers_files_is_refused(name: str) -> None:
    with pytest.raises(EmbeddedError, match="MQTT user"):
        User(name=name, password="p")


@pytest.mark.parametrize("password", ["", "two\nlines", "nul\0"])
def test_a_password_that_would_break_the_brokers_files_is_refused(password: str) -> None:
    with pytest.raises(EmbeddedError, match="password"):
        User(name="u", password=password)


def test_aedes_rules_hold_no_password() -> None:
    rules = access.aedes_rules((access.ingest("very-secret"),))
    assert b"very-secret" not in rules
    assert set(msgspec.json.decode(rules)["users"]["ingest"]) == {"salt", "hash", "writes", "reads"}


def test_a_user_shows_no_password() -> None:
    assert "very-secret" not in repr(access.center("very-secret"))
