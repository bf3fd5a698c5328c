-- Readings by the minute, the hour and the day. A day is Vietnam's (UTC+7), and so are the others' edges.
-- `reading_rollup` is what programs call: it reads only the range asked for, in the primary key's order.
-- The views are for people and dashboards; restrict them by `series_id`, and by `bucket` as they like.

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

REVOKE ALL ON FUNCTION reading_rollup FROM PUBLIC;

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

CREATE OR REPLACE VIEW reading_1h AS
SELECT
    series_id,
    date_bin(INTERVAL '1 hour', time, TIMESTAMPTZ '2000-01-01 00:00:00+07') AS bucket,
    count(*) AS count,
    min(value) AS min,
    max(value) AS max,
    avg(value) AS avg,
    (array_agg(value ORDER BY time DESC))[1] AS last
FROM reading
GROUP BY series_id, date_bin(INTERVAL '1 hour', time, TIMESTAMPTZ '2000-01-01 00:00:00+07');

CREATE OR REPLACE VIEW reading_1d AS
SELECT
    series_id,
    date_bin(INTERVAL '1 day', time, TIMESTAMPTZ '2000-01-01 00:00:00+07') AS bucket,
    count(*) AS count,
    min(value) AS min,
    max(value) AS max,
    avg(value) AS avg,
    (array_agg(value ORDER BY time DESC))[1] AS last
FROM reading
GROUP BY series_id, date_bin(INTERVAL '1 day', time, TIMESTAMPTZ '2000-01-01 00:00:00+07');
