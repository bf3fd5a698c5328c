"""The SQL of one batch.

Every statement takes its rows in a fixed order, and the statements run in a fixed order, so that two ingesters do not deadlock. Where
they still do (a batch that merges some packs and copies others meets another one of the same readings) the database ends one, which tries
again.
"""

from typing import Final, LiteralString

STAGE: Final = """
CREATE TEMPORARY TABLE IF NOT EXISTS staged (
    item integer NOT NULL, series_id integer NOT NULL, time timestamptz NOT NULL,
    value double precision NOT NULL, flags smallint NOT NULL, received timestamptz NOT NULL
) ON COMMIT DELETE ROWS"""

COPY: Final = "COPY reading (series_id, time, value, flags, received) FROM STDIN (FORMAT binary)"
"""Straight into history: the readings of packs that were never delivered before."""

STAGE_COPY: Final = "COPY staged (item, series_id, time, value, flags, received) FROM STDIN (FORMAT binary)"

_FEED_LATEST: Final = """
), newest AS (
    SELECT DISTINCT ON (series_id) series_id, time, value, flags, received, rank
    FROM inserted ORDER BY series_id, rank DESC, time DESC
), advanced AS (
    INSERT INTO latest AS l (series_id, time, value, flags, received, rank)
    SELECT series_id, time, value, flags, received, rank FROM newest ORDER BY series_id
    ON CONFLICT (series_id) DO UPDATE
    SET time = excluded.time, value = excluded.value, flags = excluded.flags, received = excluded.received, rank = excluded.rank
    WHERE (excluded.rank, excluded.time) > (l.rank, l.time)
)
SELECT count(*) FROM inserted"""

MERGE: Final = f"""
WITH inserted AS (
    INSERT INTO reading (series_id, time, value, flags, received)
    SELECT series_id, time, value, flags, received FROM staged ORDER BY series_id, time, item
    ON CONFLICT (series_id, time) DO NOTHING
    RETURNING series_id, time, value, flags, received, least(time, received) AS rank
{_FEED_LATEST}"""
"""Staged readings → history, and → latest by the one guard, fed only from rows that were really inserted."""

_IS_APART: Final = "(s.time > s.received + INTERVAL '24 hours' OR s.time < s.received - INTERVAL '9600 hours' OR s.time < %s)"
"""As `wardroom.flags.is_misdated` has it, or before the floor."""


def _sorted(into: LiteralString, other: LiteralString, belongs: LiteralString) -> LiteralString:
    return f"""
WITH inserted AS (
    INSERT INTO {into} (series_id, time, value, flags, received)
    SELECT series_id, time, value, flags, received FROM staged s
    WHERE {belongs} AND NOT EXISTS (SELECT FROM {other} o WHERE o.series_id = s.series_id AND o.time = s.time)
    ORDER BY series_id, time, item
    ON CONFLICT (series_id, time) DO NOTHING
    RETURNING series_id, time, value, flags, received, least(time, received) AS rank
{_FEED_LATEST}"""


MERGE_SORTED: Final[tuple[LiteralString, ...]] = (
    _sorted("reading", "reading_misdated", f"NOT {_IS_APART}"),
    _sorted("reading_misdated", "reading", _IS_APART),
)
"""The same for a batch of which some cannot be filed by its time, or may have been filed apart before."""

NOTE_LATE: Final = "INSERT INTO rollup_dirty (series_id, bucket) SELECT * FROM unnest(%s::integer[], %s::timestamptz[])"
"""The hours of series that the rollups have, or are about to have, without these readings."""

LATEST: Final = """
INSERT INTO latest AS l (series_id, time, value, flags, received, rank)
SELECT series_id, time, value, flags, received, least(time, received)
FROM unnest(%s::integer[], %s::timestamptz[], %s::double precision[], %s::smallint[], %s::timestamptz[])
    AS n (series_id, time, value, flags, received)
ORDER BY series_id
ON CONFLICT (series_id) DO UPDATE
SET time = excluded.time, value = excluded.value, flags = excluded.flags, received = excluded.received, rank = excluded.rank
WHERE (excluded.rank, excluded.time) > (l.rank, l.time)"""
"""The newest copied reading of each series → latest, by the same guard."""

CONFLICTS: Final = """
SELECT DISTINCT ON (s.item) s.item, e.sensor || '/' || e.quantity, s.time, r.value, s.value, count(*) OVER (PARTITION BY s.item)
FROM staged s
JOIN series e ON e.id = s.series_id
CROSS JOIN LATERAL (SELECT value FROM reading_all WHERE series_id = s.series_id AND time = s.time LIMIT 1) r
WHERE r.value <> s.value
ORDER BY s.item, s.time"""
"""Per message the first staged reading that is stored with another value, and how many. LIMIT keeps it an index lookup per row."""

DELIVER: Final = """
WITH inserted AS (
    INSERT INTO delivery (site, gateway, boot, seq, kind, sent, received, records, outcome)
    SELECT site, gateway, boot, seq, kind, sent, received, records, outcome FROM unnest(
        %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::integer[], %s::text[]
    ) WITH ORDINALITY AS d (site, gateway, boot, seq, kind, sent, received, records, outcome, place)
    ORDER BY site, gateway, boot, seq, place
    ON CONFLICT DO NOTHING
    RETURNING site, gateway, boot, seq, received
), counted AS (
    INSERT INTO delivery_boot AS b (site, gateway, boot, first_seq, last_seq, count, last_received)
    SELECT site, gateway, boot, min(seq), max(seq), count(*), max(received)
    FROM inserted i
    WHERE seq > coalesce((SELECT purged FROM delivery_boot k WHERE (k.site, k.gateway, k.boot) = (i.site, i.gateway, i.boot)), -1)
    GROUP BY site, gateway, boot ORDER BY site, gateway, boot
    ON CONFLICT (site, gateway, boot) DO UPDATE SET
        first_seq = least(b.first_seq, excluded.first_seq),
        last_seq = greatest(b.last_seq, excluded.last_seq),
        count = b.count + excluded.count,
        last_received = greatest(b.last_received, excluded.last_received)
)
SELECT site, gateway, boot, seq FROM inserted"""

DIED: Final = """
UPDATE delivery d SET outcome = 'dead_lettered'
FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[]) AS n (site, gateway, boot, seq)
WHERE (d.site, d.gateway, d.boot, d.seq) = (n.site, n.gateway, n.boot, n.seq)"""
"""Deliveries of this very transaction, some of whose readings turned out to be stored with other values."""

EVENTS_IN_ORDER: Final = "SELECT pg_advisory_xact_lock(%s)"
"""Held to the commit, so that `event.seq` grows in the order of the commits: a reader who asks for what is greater misses nothing."""

_GIVEN: Final = """unnest(
        %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[],
        %s::timestamptz[], %s::timestamptz[], %s::boolean[], %s::text[], %s::jsonb[]
    )"""
_COLUMNS: Final = "source, id, site, gateway, type, time, received, offline, subject, data"

EVENTS: Final = f"""
INSERT INTO event ({_COLUMNS})
SELECT {_COLUMNS} FROM {_GIVEN} AS n ({_COLUMNS})
ON CONFLICT (source, id) DO NOTHING
RETURNING 1"""

EVENT_CONFLICTS: Final = f"""
SELECT n.place FROM {_GIVEN} WITH ORDINALITY AS n ({_COLUMNS}, place) JOIN event e USING (source, id)
WHERE (e.type, e.time, e.offline, e.subject, e.data) IS DISTINCT FROM (n.type, n.time, n.offline, n.subject, n.data)"""
"""The places (from 1) of the given events that are stored with another content."""

DEAD_LETTERS: Final = """
INSERT INTO dead_letter (received, topic, reason, detail, payload, site, gateway, digest)
SELECT * FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::bytea[], %s::text[], %s::text[], %s::bytea[])
    AS d (received, topic, reason, detail, payload, site, gateway, digest)
ORDER BY digest
ON CONFLICT (digest) DO NOTHING"""

MAKE_PLACES: Final = """
WITH named AS (
    SELECT DISTINCT site, gateway, sensor FROM unnest(%s::text[], %s::text[], %s::text[]) AS n (site, gateway, sensor)
), sites AS (
    INSERT INTO site (id, name_vi, name_en, kind) SELECT DISTINCT site, site, site, 'unknown' FROM named ORDER BY site
    ON CONFLICT DO NOTHING
), gateways AS (
    INSERT INTO gateway (site, id, name_vi, name_en) SELECT DISTINCT site, gateway, gateway, gateway FROM named ORDER BY site, gateway
    ON CONFLICT DO NOTHING
)
INSERT INTO sensor (site, gateway, id, name_vi, name_en)
SELECT site, gateway, sensor, sensor, sensor FROM named ORDER BY site, gateway, sensor
ON CONFLICT DO NOTHING"""
"""A reading may come before the birth that names its place: until then the ids are the names."""

MAKE_SERIES: Final = """
INSERT INTO series (site, gateway, sensor, quantity, unit)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS n (site, gateway, sensor, quantity, unit)
WHERE NOT EXISTS (SELECT FROM series s WHERE (s.site, s.gateway, s.sensor, s.quantity) = (n.site, n.gateway, n.sensor, n.quantity))
ORDER BY site, gateway, sensor, quantity
ON CONFLICT DO NOTHING"""
"""The check before keeps a restarted ingest from using up an id per series."""

FIND_SERIES: Final = """
SELECT s.site, s.gateway, s.sensor, s.quantity, s.id, s.unit
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS n (site, gateway, sensor, quantity)
JOIN series s USING (site, gateway, sensor, quantity)"""

COUNT_SERIES: Final = """
SELECT g.site, g.gateway, (SELECT count(*) FROM (
    SELECT FROM series s WHERE s.site = g.site AND s.gateway = g.gateway LIMIT %s
) few) FROM unnest(%s::text[], %s::text[]) AS g (site, gateway)"""
"""How many series each gateway has; the count ends at the limit."""

STATUS: Final = """
INSERT INTO gateway AS g (site, id, name_vi, name_en, boot, state, state_since) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (site, id) DO UPDATE SET boot = excluded.boot, state = excluded.state, state_since = excluded.state_since
WHERE (g.state, g.boot) IS DISTINCT FROM (excluded.state, excluded.boot)
    AND coalesce(g.state_since - excluded.state_since, '0') NOT BETWEEN INTERVAL '1 microsecond' AND INTERVAL '10 minutes'"""
"""The same status again, as after every reconnect, leaves `state_since` alone; an earlier one, held back by another member, comes too late.

Earlier by more than ten minutes is no other member: this machine's clock was ahead and was set right.
"""

HEALTH: Final = """
INSERT INTO gateway AS g (site, id, name_vi, name_en, health, health_received) VALUES (%s, %s, %s, %s, %s::jsonb, %s)
ON CONFLICT (site, id) DO UPDATE SET health = excluded.health, health_received = excluded.health_received
WHERE coalesce(g.health_received - excluded.health_received, '0') NOT BETWEEN INTERVAL '1 microsecond' AND INTERVAL '10 minutes'"""

BIRTH_SITE: Final = """
INSERT INTO site AS s (id, name_vi, name_en, kind) VALUES (%s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en, kind = excluded.kind
WHERE (s.name_vi, s.name_en, s.kind) IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.kind)"""

BIRTH_GATEWAY: Final = """
INSERT INTO gateway (site, id, name_vi, name_en, software, boot, born) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (site, id) DO UPDATE SET
    name_vi = excluded.name_vi, name_en = excluded.name_en, software = excluded.software, boot = excluded.boot, born = excluded.born"""

BIRTH_SENSORS: Final = """
INSERT INTO sensor AS s (site, gateway, id, name_vi, name_en)
SELECT %s, %s, n.id, n.name_vi, n.name_en FROM unnest(%s::text[], %s::text[], %s::text[]) AS n (id, name_vi, name_en) ORDER BY n.id
ON CONFLICT (site, gateway, id) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en
WHERE (s.name_vi, s.name_en) IS DISTINCT FROM (excluded.name_vi, excluded.name_en)"""

BIRTH_PERIODS: Final = """
UPDATE series s SET period_s = n.period_s
FROM unnest(%s::integer[], %s::float8[]) AS n (id, period_s)
WHERE s.id = n.id AND s.period_s IS DISTINCT FROM n.period_s"""

GAPS: Final = "SELECT site, gateway, sum(missing)::float8 FROM delivery_gap GROUP BY site, gateway"
