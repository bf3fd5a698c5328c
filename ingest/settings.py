"""TOML and environment → the settings of `wardroom ingest`."""

from typing import Annotated

from msgspec import Meta, Struct

from ingest.batch import Limits
from ingest.retention import Retention
from wardroom.settings import Broker, Database, Listen, Log
from wardroom.topics import ID

Group = Annotated[str, Meta(pattern=rf"^{ID}$(?!\n)")]


class Ingest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How messages become rows."""

    sharing: Annotated[
        Group | None,
        Meta(
            description="The name of a group of ingest processes that share the work through the broker's shared subscriptions ($share); "
            "without it one process works alone, and a second one refuses to start."
        ),
    ] = None
    queue_messages: Annotated[
        int,
        Meta(
            ge=10,
            le=65_535,
            description="Messages read and not yet stored, at most; the broker's max_inflight_messages should be the same.",
        ),
    ] = 2_000
    queue_bytes: Annotated[
        int, Meta(ge=1_048_576, description="Bytes read and not yet stored, at most (decoded they take about ten times as much).")
    ] = 16 * 1_048_576
    batch_messages: Annotated[int, Meta(ge=1, le=10_000, description="Messages in one transaction, at most.")] = 1_000
    batch_bytes: Annotated[int, Meta(ge=1, description="Bytes of messages after which a transaction takes no more.")] = 1_048_576
    pace_s: Annotated[
        float,
        Meta(
            ge=0,
            le=10,
            description="Under a steady flow transactions begin at least this far apart; a message after a pause is written at once.",
        ),
    ] = 0.02
    shed_after_s: Annotated[
        float,
        Meta(
            ge=0.01,
            le=60,
            description="While more comes than the database takes for so long, the newest packs of a gateway that sends far more than the "
            "others are left to its outbox.",
        ),
    ] = 0.5
    series_per_gateway: Annotated[
        int,
        Meta(
            ge=1,
            le=100_000,
            description="Series one gateway may have; beyond it what speaks of a new one is refused, the rest of its message is stored.",
        ),
    ] = 2_000
    statement_timeout_s: Annotated[float, Meta(ge=1, le=600, description="A statement that takes longer is given up and tried again.")] = (
        30.0
    )
    rollups_every_s: Annotated[
        float, Meta(ge=1, le=3_600, description="How often rollups are brought up to date, with late readings too.")
    ] = 60.0
    gaps_every_s: Annotated[float, Meta(gt=0, le=3_600, description="How often the gauge of missing packs is read from the database.")] = (
        15.0
    )

    def limits(self) -> Limits:
        """Return what the queue and a batch may hold."""
        return Limits(self.batch_messages, self.batch_bytes, self.queue_messages, self.queue_bytes, self.pace_s, self.shed_after_s)


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sections of `wardroom ingest`."""

    broker: Annotated[Broker, Meta(description="The broker.")]
    database: Annotated[Database, Meta(description="The database.")]
    listen: Annotated[Listen, Meta(description="Where /healthz and /metrics are.")]
    log: Annotated[Log, Meta(description="The log.")] = Log()
    ingest: Annotated[Ingest, Meta(description="How messages become rows.")] = Ingest()
    retention: Annotated[Retention, Meta(description="How long what is stored is kept.")] = Retention()
