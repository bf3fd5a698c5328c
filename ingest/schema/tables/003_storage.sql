-- Storage in depth: readings by the week, those that cannot be filed by their time, rollups by the hour and the day, and what keeps them.
-- A week begins on Monday, an hour and a day on Vietnam's clock (UTC+7).

DROP VIEW IF EXISTS reading_1m, reading_1h, reading_1d;
DROP FUNCTION IF EXISTS reading_rollup(integer, timestamptz, timestamptz, interval);

-- Observed more than a day after, or more than 400 days before they were received, or older than what is kept in `reading`.
CREATE TABLE reading_misdated (
    series_id integer NOT NULL,
    time timestamptz NOT NULL,
    value double precision NOT NULL,
    flags smallint NOT NULL,
    received timestamptz NOT NULL,
    PRIMARY KEY (series_id, time)
);

CREATE INDEX reading_misdated_time ON reading_misdated (time);
CREATE INDEX reading_misdated_received ON reading_misdated (received);

WITH moved AS (
    DELETE FROM reading WHERE time > received + INTERVAL '24 hours' OR time < received - INTERVAL '9600 hours'
    RETURNING series_id, time, value, flags, received
)
INSERT INTO reading_misdated (series_id, time, value, flags, received) SELECT series_id, time, value, flags, received FROM moved;

DO $$
DECLARE
    week timestamptz;
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
        PERFORM set_chunk_time_interval('reading', INTERVAL '7 days');
        RETURN;
    END IF;
    ALTER TABLE reading RENAME TO reading_before;
    ALTER INDEX reading_pkey RENAME TO reading_before_pkey;
    CREATE TABLE reading (
        series_id integer NOT NULL,
        time timestamptz NOT NULL,
        value double precision NOT NULL,
        flags smallint NOT NULL,
        received timestamptz NOT NULL,
        PRIMARY KEY (series_id, time)
    ) PARTITION BY RANGE (time);
    FOR week IN SELECT DISTINCT date_bin(INTERVAL '168 hours', time, TIMESTAMPTZ '2000-01-03 00:00:00+07') FROM reading_before LOOP
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF reading FOR VALUES FROM (%L) TO (%L)'
            ' WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000)',
            'reading_' || to_char(week AT TIME ZONE INTERVAL '7 hours', 'YYYYMMDD'), week, week + INTERVAL '168 hours'
        );
    END LOOP;
    INSERT INTO reading (series_id, time, value, flags, received)
    SELECT series_id, time, value, flags, received FROM reading_before ORDER BY series_id, time;
    DROP TABLE reading_before;
END
$$;

-- `last` is the value at `last_time`. The average is sum / count.
CREATE TABLE rollup_1h (
    series_id integer NOT NULL,
    bucket timestamptz NOT NULL,
    count bigint NOT NULL,
    min double precision NOT NULL,
    max double precision NOT NULL,
    sum double precision NOT NULL,
    last double precision NOT NULL,
    last_time timestamptz NOT NULL,
    PRIMARY KEY (series_id, bucket)
);

CREATE TABLE rollup_1d (LIKE rollup_1h INCLUDING ALL);

CREATE INDEX rollup_1h_bucket ON rollup_1h USING brin (bucket);

-- Buckets before `done` are in the rollups; a reading before `upto` must be noted in `rollup_dirty` by the transaction that writes it;
-- readings before `floor` were dropped and take no more; hours before `hours_floor` were deleted. done <= upto, floor <= done.
CREATE TABLE rollup_state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    upto timestamptz NOT NULL,
    done timestamptz NOT NULL,
    floor timestamptz NOT NULL,
    hours_floor timestamptz NOT NULL DEFAULT '2000-01-03 00:00:00+07',
    CHECK (floor <= done AND done <= upto)
);

INSERT INTO rollup_state (upto, done, floor)
SELECT hour, hour, TIMESTAMPTZ '2000-01-03 00:00:00+07'
FROM (
    SELECT date_bin(INTERVAL '1 hour', coalesce((SELECT min(time) FROM reading), now()), TIMESTAMPTZ '2000-01-01 00:00:00+07') AS hour
) AS first;

-- Hours that late readings changed; only ever added to, so that writers never wait for each other, and emptied by the refresher.
CREATE TABLE rollup_dirty (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    series_id integer NOT NULL,
    bucket timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- Packs up to this sequence are kept and counted no more.
ALTER TABLE delivery_boot ADD COLUMN purged bigint NOT NULL DEFAULT -1;
