-- Whether the rollups say what the readings say, bucket by bucket, over what is still kept in `reading`. What differs is noted in
-- `rollup_dirty`, and so mends itself; what is noted already is late, not wrong.

-- Compares the hours [from_time, to_time) and the days that end among them; returns how many buckets it compared and how many differ.
CREATE OR REPLACE FUNCTION rollup_compare(from_time timestamptz, to_time timestamptz, OUT compared bigint, OUT mismatched bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    days bigint;
    days_wrong bigint;
BEGIN
    WITH raw AS (
        SELECT
            series_id,
            date_bin(INTERVAL '1 hour', time, TIMESTAMPTZ '2000-01-01 00:00:00+07') AS bucket,
            count(*) AS count,
            min(value) AS min,
            max(value) AS max,
            sum(value) AS sum,
            sum(abs(value)) AS size
        FROM reading
        WHERE time >= from_time AND time < to_time
        GROUP BY 1, 2
    ), rolled AS (
        SELECT series_id, bucket, count, min, max, sum FROM rollup_1h WHERE bucket >= from_time AND bucket < to_time
    ), both_sides AS (
        SELECT series_id, bucket, rollup_differs(r.count, h.count, r.min, h.min, r.max, h.max, r.sum, h.sum, r.size) AS differs
        FROM raw r FULL JOIN rolled h USING (series_id, bucket)
    ), wrong AS (
        INSERT INTO rollup_dirty (series_id, bucket)
        SELECT series_id, bucket FROM both_sides b
        WHERE b.differs AND NOT EXISTS (SELECT FROM rollup_dirty d WHERE d.series_id = b.series_id AND d.bucket = b.bucket)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM both_sides), (SELECT count(*) FROM wrong) INTO compared, mismatched;

    WITH hours AS (
        SELECT
            series_id,
            date_bin(INTERVAL '24 hours', bucket, TIMESTAMPTZ '2000-01-01 00:00:00+07') AS bucket,
            sum(count)::bigint AS count,
            min(min) AS min,
            max(max) AS max,
            sum(sum) AS sum,
            sum(greatest(abs(min), abs(max)) * count) AS size
        FROM rollup_1h
        WHERE bucket >= date_bin(INTERVAL '24 hours', from_time, TIMESTAMPTZ '2000-01-01 00:00:00+07')
            AND bucket < date_bin(INTERVAL '24 hours', to_time, TIMESTAMPTZ '2000-01-01 00:00:00+07')
        GROUP BY 1, 2
    ), rolled AS (
        SELECT series_id, bucket, count, min, max, sum FROM rollup_1d
        WHERE bucket >= date_bin(INTERVAL '24 hours', from_time, TIMESTAMPTZ '2000-01-01 00:00:00+07')
            AND bucket < date_bin(INTERVAL '24 hours', to_time, TIMESTAMPTZ '2000-01-01 00:00:00+07')
    ), both_sides AS (
        SELECT series_id, bucket, rollup_differs(h.count, d.count, h.min, d.min, h.max, d.max, h.sum, d.sum, h.size) AS differs
        FROM hours h FULL JOIN rolled d USING (series_id, bucket)
    ), wrong AS (
        INSERT INTO rollup_dirty (series_id, bucket)
        SELECT series_id, bucket FROM both_sides b
        WHERE b.differs AND NOT EXISTS (
            SELECT FROM rollup_dirty d
            WHERE d.series_id = b.series_id AND d.bucket >= b.bucket AND d.bucket < b.bucket + INTERVAL '24 hours'
        )
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM both_sides), (SELECT count(*) FROM wrong) INTO days, days_wrong;
    compared := compared + days;
    mismatched := mismatched + days_wrong;
END
$$;

-- Sums are of floating numbers in any order: they may differ by a billionth of the sum of the magnitudes.
CREATE OR REPLACE FUNCTION rollup_differs(
    count_a bigint, count_b bigint, min_a double precision, min_b double precision, max_a double precision, max_b double precision,
    sum_a double precision, sum_b double precision, size double precision
) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (count_a, min_a, max_a) IS DISTINCT FROM (count_b, min_b, max_b) OR abs(sum_a - sum_b) > 1e-9 * size;

REVOKE ALL ON FUNCTION rollup_compare, rollup_differs FROM PUBLIC;
