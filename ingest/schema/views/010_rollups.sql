-- Readings by the minute, the hour and the day. A day is Vietnam's (UTC+7), and so are the others' edges.
-- Hours and days before `rollup_state.done` come from the rollups, later ones from the readings themselves; readers never see the seam.
-- The functions are what programs call: they read only the range asked for, in the primary key's order, whole buckets from the one that
-- `from_time` is in. The views are for people and dashboards; restrict them by `series_id`, and by `bucket` as they like.

CREATE OR REPLACE FUNCTION reading_rollup(series integer, from_time timestamptz, to_time timestamptz, width interval)
RETURNS TABLE (bucket timestamptz, count bigint, min double precision, max double precision, avg double precision, last double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT
        date_bin(width, r.time, TIMESTAMPTZ '2000-01-01 00:00:00+07'),
        count(*),
        min(r.value),
        max(r.value),
        avg(r.value),
        (array_agg(r.value ORDER BY r.time DESC))[1]
    FROM reading r
    WHERE r.series_id = series
        AND r.time >= date_bin(width, from_time, TIMESTAMPTZ '2000-01-01 00:00:00+07')
        AND r.time < to_time
    GROUP BY 1
    ORDER BY 1
$$;

CREATE OR REPLACE FUNCTION reading_hours(series integer, from_time timestamptz, to_time timestamptz)
RETURNS TABLE (
    bucket timestamptz, count bigint, min double precision, max double precision, sum double precision, last double precision,
    last_time timestamptz
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT h.bucket, h.count, h.min, h.max, h.sum, h.last, h.last_time
    FROM rollup_1h h
    WHERE h.series_id = series
        AND h.bucket >= date_bin(INTERVAL '1 hour', from_time, TIMESTAMPTZ '2000-01-01 00:00:00+07')
        AND h.bucket < least(to_time, (SELECT done FROM rollup_state))
    UNION ALL
    SELECT
        date_bin(INTERVAL '1 hour', r.time, TIMESTAMPTZ '2000-01-01 00:00:00+07'),
        count(*),
        min(r.value),
        max(r.value),
        sum(r.value),
        (array_agg(r.value ORDER BY r.time DESC))[1],
        max(r.time)
    FROM reading r
    WHERE r.series_id = series
        AND r.time >= greatest(
            date_bin(INTERVAL '1 hour', from_time, TIMESTAMPTZ '2000-01-01 00:00:00+07'), (SELECT done FROM rollup_state)
        )
        AND r.time < to_time
    GROUP BY 1
$$;

-- The day that `done` is in is put together from its hours.
CREATE OR REPLACE FUNCTION reading_days(series integer, from_time timestamptz, to_time timestamptz)
RETURNS TABLE (
    bucket timestamptz, count bigint, min double precision, max double precision, sum double precision, last double precision,
    last_time timestamptz
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT d.bucket, d.count, d.min, d.max, d.sum, d.last, d.last_time
    FROM rollup_1d d
    WHERE d.series_id = series
        AND d.bucket >= date_bin(INTERVAL '24 hours', from_time, TIMESTAMPTZ '2000-01-01 00:00:00+07')
        AND d.bucket < least(
            to_time, (SELECT date_bin(INTERVAL '24 hours', done, TIMESTAMPTZ '2000-01-01 00:00:00+07') FROM rollup_state)
        )
    UNION ALL
    SELECT
        date_bin(INTERVAL '24 hours', h.bucket, TIMESTAMPTZ '2000-01-01 00:00:00+07'),
        sum(h.count)::bigint,
        min(h.min),
        max(h.max),
        sum(h.sum),
        (array_agg(h.last ORDER BY h.last_time DESC))[1],
        max(h.last_time)
    FROM reading_hours(
        series,
        greatest(
            date_bin(INTERVAL '24 hours', from_time, TIMESTAMPTZ '2000-01-01 00:00:00+07'),
            (SELECT date_bin(INTERVAL '24 hours', done, TIMESTAMPTZ '2000-01-01 00:00:00+07') FROM rollup_state)
        ),
        to_time
    ) h
    GROUP BY 1
$$;

REVOKE ALL ON FUNCTION reading_rollup, reading_hours, reading_days FROM PUBLIC;

CREATE OR REPLACE VIEW reading_1m AS
SELECT
    series_id,
    date_bin(INTERVAL '1 minute', time, TIMESTAMPTZ '2000-01-01 00:00:00+07') AS bucket,
    count(*) AS count,
    min(value) AS min,
    max(value) AS max,
    avg(value) AS avg,
    (array_agg(value ORDER BY time DESC))[1] AS last
FROM reading
GROUP BY series_id, date_bin(INTERVAL '1 minute', time, TIMESTAMPTZ '2000-01-01 00:00:00+07');

-- Every hour as the rollup would have it, those after `done` too: what the two views below are made of.
CREATE OR REPLACE VIEW rollup_live AS
SELECT series_id, bucket, count, min, max, sum, last, last_time
FROM rollup_1h
WHERE bucket < (SELECT done FROM rollup_state)
UNION ALL
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
WHERE time >= (SELECT done FROM rollup_state)
GROUP BY series_id, date_bin(INTERVAL '1 hour', time, TIMESTAMPTZ '2000-01-01 00:00:00+07');

CREATE OR REPLACE VIEW reading_1h AS
SELECT series_id, bucket, count, min, max, sum / count AS avg, last FROM rollup_live;

CREATE OR REPLACE VIEW reading_1d AS
SELECT series_id, bucket, count, min, max, sum / count AS avg, last
FROM rollup_1d
WHERE bucket < (SELECT date_bin(INTERVAL '24 hours', done, TIMESTAMPTZ '2000-01-01 00:00:00+07') FROM rollup_state)
UNION ALL
SELECT
    series_id,
    date_bin(INTERVAL '24 hours', bucket, TIMESTAMPTZ '2000-01-01 00:00:00+07'),
    sum(count)::bigint,
    min(min),
    max(max),
    sum(sum) / sum(count),
    (array_agg(last ORDER BY last_time DESC))[1]
FROM rollup_live
WHERE bucket >= (SELECT date_bin(INTERVAL '24 hours', done, TIMESTAMPTZ '2000-01-01 00:00:00+07') FROM rollup_state)
GROUP BY series_id, date_bin(INTERVAL '24 hours', bucket, TIMESTAMPTZ '2000-01-01 00:00:00+07');
