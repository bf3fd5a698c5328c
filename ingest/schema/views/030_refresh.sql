-- How readings become hours and days, exactly, while they are being written.
--
-- A batch's transaction first calls `rollup_guard`: a lock it shares with other writers to its end, and `upto`. What it writes before `upto`
-- it notes in `rollup_dirty`. `rollup_advance` takes the lock alone, which no writer then holds, and moves `upto`: whoever wrote without
-- noting has committed, so `rollup_step` sees it; whoever comes later notes. `rollup_mend` takes notes away and computes their hours in one
-- transaction that sees everything they speak of. Each call is one transaction, and each may be cut off at any point and repeated.
-- Only `rollup_state`'s row lock is ever held for long, by the refresher alone; writers don't touch the row.

CREATE OR REPLACE FUNCTION rollup_guard(OUT upto timestamptz, OUT floor timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(0x574152440010);
    SELECT s.upto, s.floor INTO upto, floor FROM rollup_state s;  -- a snapshot of its own, taken with the lock held
END
$$;

-- Moves `upto` to the last full hour but `grace`; waits for writers a second at most, then fails (55P03) and is tried again.
CREATE OR REPLACE FUNCTION rollup_advance(grace interval, at timestamptz DEFAULT now()) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
    target CONSTANT timestamptz := date_bin(
        INTERVAL '1 hour', least(at - grace, now() + INTERVAL '9600 hours'), TIMESTAMPTZ '2000-01-01 00:00:00+07'
    );  -- `upto` never goes back, so nobody may send it to the end of time
    reached timestamptz;
BEGIN
    SELECT upto INTO reached FROM rollup_state FOR UPDATE;  -- before the lock, so that writers never wait for another refresher
    IF target <= reached THEN
        RETURN reached;
    END IF;
    PERFORM pg_advisory_xact_lock(0x574152440010);
    UPDATE rollup_state SET upto = target;
    RETURN target;
END
$$;

-- Writes the hours [from_time, to_time) from the readings.
CREATE OR REPLACE FUNCTION rollup_hours(from_time timestamptz, to_time timestamptz) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, public, pg_temp
AS $$
    INSERT INTO rollup_1h AS h (series_id, bucket, count, min, max, sum, last, last_time)
    SELECT
        series_id,
        date_bin(INTERVAL '1 hour', time, TIMESTAMPTZ '2000-01-01 00:00:00+07'),
        count(*),
        min(value),
        max(value),
        sum(value),
        (array_agg(value ORDER BY time DESC))[1],
        max(time)
    FROM reading
    WHERE time >= from_time AND time < to_time
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (series_id, bucket) DO UPDATE SET
        count = excluded.count, min = excluded.min, max = excluded.max, sum = excluded.sum, last = excluded.last,
        last_time = excluded.last_time
$$;

-- Writes the days [from_time, to_time) from the hours.
CREATE OR REPLACE FUNCTION rollup_days(from_time timestamptz, to_time timestamptz) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, public, pg_temp
AS $$
    INSERT INTO rollup_1d AS d (series_id, bucket, count, min, max, sum, last, last_time)
    SELECT
        series_id,
        date_bin(INTERVAL '24 hours', bucket, TIMESTAMPTZ '2000-01-01 00:00:00+07'),
        sum(count)::bigint,
        min(min),
        max(max),
        sum(sum),
        (array_agg(last ORDER BY last_time DESC))[1],
        max(last_time)
    FROM rollup_1h
    WHERE bucket >= from_time AND bucket < to_time
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (series_id, bucket) DO UPDATE SET
        count = excluded.count, min = excluded.min, max = excluded.max, sum = excluded.sum, last = excluded.last,
        last_time = excluded.last_time
$$;

-- Computes what lies between `done` and `upto`, at most `step` of it; returns the new `done`, null where there was nothing to do.
CREATE OR REPLACE FUNCTION rollup_step(step interval) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    state rollup_state;
    reached timestamptz;
    day timestamptz;
    day_reached timestamptz;
BEGIN
    SELECT * INTO state FROM rollup_state FOR UPDATE;
    IF state.done >= state.upto THEN
        RETURN NULL;
    END IF;
    reached := least(state.upto, state.done + step);
    PERFORM rollup_hours(state.done, reached);
    day := date_bin(INTERVAL '24 hours', state.done, TIMESTAMPTZ '2000-01-01 00:00:00+07');
    day_reached := date_bin(INTERVAL '24 hours', reached, TIMESTAMPTZ '2000-01-01 00:00:00+07');
    IF day_reached > day THEN
        PERFORM rollup_days(day, day_reached);
    END IF;
    UPDATE rollup_state SET done = reached;
    RETURN reached;
END
$$;

-- Takes at most `bound` notes and computes their hours and days anew; returns how many it took.
CREATE OR REPLACE FUNCTION rollup_mend(bound integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    state rollup_state;
    taken integer;
    series integer[];
    hours timestamptz[];
BEGIN
    SELECT * INTO state FROM rollup_state FOR UPDATE;
    WITH gone AS (
        DELETE FROM rollup_dirty WHERE id IN (SELECT id FROM rollup_dirty ORDER BY id LIMIT bound) RETURNING series_id, bucket
    ), each AS (
        SELECT series_id, bucket, count(*) AS notes FROM gone GROUP BY series_id, bucket ORDER BY series_id, bucket
    )
    SELECT
        coalesce(sum(notes), 0),
        array_agg(series_id) FILTER (WHERE bucket >= state.floor AND bucket < state.done),
        array_agg(bucket) FILTER (WHERE bucket >= state.floor AND bucket < state.done)
    INTO taken, series, hours FROM each;
    IF series IS NOT NULL THEN
        PERFORM rollup_mend_hours(series, hours);
        PERFORM rollup_mend_days(series, hours, date_bin(INTERVAL '24 hours', state.done, TIMESTAMPTZ '2000-01-01 00:00:00+07'));
    END IF;
    RETURN taken;
END
$$;

CREATE OR REPLACE FUNCTION rollup_mend_hours(series integer[], hours timestamptz[]) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, public, pg_temp
AS $$
    DELETE FROM rollup_1h h USING unnest(series, hours) AS d (series_id, bucket)
    WHERE h.series_id = d.series_id AND h.bucket = d.bucket AND NOT EXISTS (
        SELECT FROM reading r WHERE r.series_id = d.series_id AND r.time >= d.bucket AND r.time < d.bucket + INTERVAL '1 hour'
    );

    INSERT INTO rollup_1h AS h (series_id, bucket, count, min, max, sum, last, last_time)
    SELECT d.series_id, d.bucket, n.count, n.min, n.max, n.sum, n.last, n.last_time
    FROM unnest(series, hours) AS d (series_id, bucket)
    CROSS JOIN LATERAL (
        SELECT
            count(*) AS count,
            min(r.value) AS min,
            max(r.value) AS max,
            sum(r.value) AS sum,
            (array_agg(r.value ORDER BY r.time DESC))[1] AS last,
            max(r.time) AS last_time
        FROM reading r
        WHERE r.series_id = d.series_id AND r.time >= d.bucket AND r.time < d.bucket + INTERVAL '1 hour'
    ) AS n
    WHERE n.count > 0
    ON CONFLICT (series_id, bucket) DO UPDATE SET
        count = excluded.count, min = excluded.min, max = excluded.max, sum = excluded.sum, last = excluded.last,
        last_time = excluded.last_time
$$;

CREATE OR REPLACE FUNCTION rollup_mend_days(series integer[], hours timestamptz[], before timestamptz) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH changed AS (
        SELECT DISTINCT d.series_id, date_bin(INTERVAL '24 hours', d.hour, TIMESTAMPTZ '2000-01-01 00:00:00+07') AS day
        FROM unnest(series, hours) AS d (series_id, hour)
        WHERE d.hour < before
    )
    DELETE FROM rollup_1d o USING changed c
    WHERE o.series_id = c.series_id AND o.bucket = c.day AND NOT EXISTS (
        SELECT FROM rollup_1h h WHERE h.series_id = c.series_id AND h.bucket >= c.day AND h.bucket < c.day + INTERVAL '24 hours'
    );

    INSERT INTO rollup_1d AS o (series_id, bucket, count, min, max, sum, last, last_time)
    SELECT c.series_id, c.day, n.count, n.min, n.max, n.sum, n.last, n.last_time
    FROM (
        SELECT DISTINCT d.series_id, date_bin(INTERVAL '24 hours', d.hour, TIMESTAMPTZ '2000-01-01 00:00:00+07') AS day
        FROM unnest(series, hours) AS d (series_id, hour)
        WHERE d.hour < before
    ) AS c
    CROSS JOIN LATERAL (
        SELECT
            sum(h.count)::bigint AS count,
            min(h.min) AS min,
            max(h.max) AS max,
            sum(h.sum) AS sum,
            (array_agg(h.last ORDER BY h.last_time DESC))[1] AS last,
            max(h.last_time) AS last_time
        FROM rollup_1h h
        WHERE h.series_id = c.series_id AND h.bucket >= c.day AND h.bucket < c.day + INTERVAL '24 hours'
    ) AS n
    WHERE n.count > 0
    ON CONFLICT (series_id, bucket) DO UPDATE SET
        count = excluded.count, min = excluded.min, max = excluded.max, sum = excluded.sum, last = excluded.last,
        last_time = excluded.last_time
$$;

REVOKE ALL ON FUNCTION
    rollup_guard, rollup_advance, rollup_hours, rollup_days, rollup_step, rollup_mend, rollup_mend_hours, rollup_mend_days
FROM PUBLIC;
