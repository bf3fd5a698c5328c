-- The spine: who is there, what they measured, what is known of it now, what was delivered, what could not be stored.
-- Run once, frozen by checksum. Instants are timestamptz (microseconds); ids are the topic's words.

CREATE TABLE site (
    id text PRIMARY KEY,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL
);

-- `state` is the session's word (online, stopped, offline; unknown before the first), `health` the heartbeat as it came.
CREATE TABLE gateway (
    site text NOT NULL,
    id text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    software text,
    boot text,
    born timestamptz,
    state text NOT NULL DEFAULT 'unknown',
    state_since timestamptz,
    health jsonb,
    health_received timestamptz,
    PRIMARY KEY (site, id)
);

CREATE TABLE sensor (
    site text NOT NULL,
    gateway text NOT NULL,
    id text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    PRIMARY KEY (site, gateway, id)
);

-- `period_s`: the longest silence that is normal, as the birth said; null where none did.
CREATE TABLE series (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site text NOT NULL,
    gateway text NOT NULL,
    sensor text NOT NULL,
    quantity text NOT NULL,
    unit text NOT NULL,
    period_s double precision,
    created timestamptz NOT NULL DEFAULT now(),
    UNIQUE (site, gateway, sensor, quantity)
);

-- No foreign key to series: ingest makes the series before it writes, and a check per row would cost a third of the speed.
CREATE TABLE reading (
    series_id integer NOT NULL,
    time timestamptz NOT NULL,
    value double precision NOT NULL,
    flags smallint NOT NULL,
    received timestamptz NOT NULL,
    PRIMARY KEY (series_id, time)
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
        PERFORM create_hypertable('reading', 'time', chunk_time_interval => INTERVAL '1 day', create_default_indexes => false);
    END IF;
END
$$;

-- `rank` = least(time, received): a clock from the future hides nothing.
CREATE TABLE latest (
    series_id integer PRIMARY KEY,
    time timestamptz NOT NULL,
    value double precision NOT NULL,
    flags smallint NOT NULL,
    received timestamptz NOT NULL,
    rank timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

CREATE INDEX latest_received ON latest (received);

-- `outcome`: stored or dead_lettered (something of it is in dead_letter).
CREATE TABLE delivery (
    site text NOT NULL,
    gateway text NOT NULL,
    boot text NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    sent timestamptz,
    received timestamptz NOT NULL,
    records integer NOT NULL,
    outcome text NOT NULL,
    PRIMARY KEY (site, gateway, boot, seq)
);

-- What the gaps are counted from without reading every delivery.
CREATE TABLE delivery_boot (
    site text NOT NULL,
    gateway text NOT NULL,
    boot text NOT NULL,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    count bigint NOT NULL,
    last_received timestamptz NOT NULL,
    PRIMARY KEY (site, gateway, boot)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- `seq` is in the order of the commits: whoever has read up to one misses nothing by asking for what is greater.
CREATE TABLE event (
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    source text NOT NULL,
    id uuid NOT NULL,
    site text NOT NULL,
    gateway text NOT NULL,
    type text NOT NULL,
    time timestamptz NOT NULL,
    received timestamptz NOT NULL,
    offline boolean NOT NULL,
    subject text,
    data jsonb NOT NULL,
    PRIMARY KEY (source, id)
);

CREATE INDEX event_time ON event (time);

-- `reason` is the key of its sentence, `digest` of topic, reason and payload: the same bad message again is the same row.
CREATE TABLE dead_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received timestamptz NOT NULL,
    topic text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    payload bytea NOT NULL,
    site text,
    gateway text,
    digest bytea NOT NULL UNIQUE
);

CREATE INDEX dead_letter_received ON dead_letter (received);
