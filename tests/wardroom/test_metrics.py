import pytest
from prometheus_client import CollectorRegistry

from wardroom import __version__, metrics


def test_metrics_are_written_in_prometheus_text() -> None:
    registry = CollectorRegistry()
    metrics.counter("wardroom_ingest_messages_total", "Messages.", ("kind",), registry=registry).labels("readings").inc(3)
    metrics.gauge("wardroom_edge_outbox_bytes", "Bytes.", registry=registry).set(5)
    metrics.histogram("wardroom_ingest_late_seconds", "Lateness.", buckets=(1, 10), registry=registry).observe(2)

    text = metrics.exposition(registry).decode()
    assert 'wardroom_ingest_messages_total{kind="readings"} 3.0' in text
    assert "wardroom_edge_outbox_bytes 5.0" in text
    assert "_created" not in text
    assert 'wardroom_ingest_late_seconds_bucket{le="10.0"} 1.0' in text


def test_the_version_is_a_label() -> None:
    assert f'wardroom_build_info{{version="{__version__}"}} 1.0' in metrics.exposition().decode()


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("ingest_messages_total", ()),
        ("wardroom_Messages_total", ()),
        ("wardroom_delay_ms_total", ()),
        ("wardroom__messages_total", ()),
        ("wardroom_faces_total", ("person",)),
        ("wardroom_messages", ()),  # a counter without _total
    ],
)
def test_a_name_or_label_against_the_rules_is_refused(name: str, labels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"metric|label|counter"):
        metrics.counter(name, "What.", labels, registry=CollectorRegistry())


def test_only_a_counter_ends_in_total() -> None:
    with pytest.raises(ValueError, match="counter"):
        metrics.gauge("wardroom_messages_total", "What.", registry=CollectorRegistry())
