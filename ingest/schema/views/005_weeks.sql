-- Readings by the week on plain PostgreSQL. A week is made beside the table and attached, which only another attaching waits for:
-- neither a chart nor a batch does. On TimescaleDB chunks make themselves.

CREATE OR REPLACE FUNCTION make_reading_partition(at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    week CONSTANT timestamptz := date_bin(INTERVAL '168 hours', at, TIMESTAMPTZ '2000-01-03 00:00:00+07');
    name CONSTANT text := 'reading_' || to_char(week AT TIME ZONE INTERVAL '7 hours', 'YYYYMMDD');
BEGIN
    IF at IS NULL OR at >= TIMESTAMPTZ '9999-12-20Z' OR (SELECT relkind FROM pg_class WHERE oid = 'public.reading'::regclass) <> 'p'
        OR EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'public.reading'::regclass AND inhrelid = to_regclass('public.' || name))
    THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(0x574152440012);
    IF week < (SELECT floor FROM rollup_state)
        OR EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'public.reading'::regclass AND inhrelid = to_regclass('public.' || name))
    THEN
        RETURN false;
    END IF;
    IF to_regclass('public.' || name) IS NULL THEN  -- else somebody detached it: without it no batch that speaks of it can be stored
        EXECUTE format(
            'CREATE TABLE public.%I (LIKE public.reading INCLUDING ALL)'
            ' WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000)', name
        );
    END IF;
    EXECUTE format(
        'ALTER TABLE public.reading ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', name, week, week + INTERVAL '168 hours'
    );
    RETURN true;
END
$$;

-- When the week of a table's name begins; null for any other name, of which the planner may ask first.
CREATE OR REPLACE FUNCTION reading_week_named(name name) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN name ~ '^reading_[0-9]{8}$' THEN to_date(right(name, 8), 'YYYYMMDD')::timestamp AT TIME ZONE INTERVAL '7 hours'
END;

-- When the oldest week (on TimescaleDB the oldest chunk) begins; null where there is none. Asking `reading` would read all of it.
CREATE OR REPLACE FUNCTION reading_begins() RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    begins timestamptz;
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = 'public.reading'::regclass) = 'p' THEN
        SELECT min(reading_week_named(relname)) INTO begins
        FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'public.reading'::regclass;
    ELSE
        EXECUTE 'SELECT date_bin(INTERVAL ''1 hour'', min(range_start), TIMESTAMPTZ ''2000-01-01 00:00:00+07'')'
            ' FROM timescaledb_information.chunks WHERE hypertable_schema = ''public'' AND hypertable_name = ''reading'''
        INTO begins;
    END IF;
    RETURN begins;
END
$$;

REVOKE ALL ON FUNCTION make_reading_partition, reading_week_named, reading_begins FROM PUBLIC;

-- Every reading there is, wherever it is filed.
CREATE OR REPLACE VIEW reading_all AS
SELECT series_id, time, value, flags, received FROM reading
UNION ALL
SELECT series_id, time, value, flags, received FROM reading_misdated;
