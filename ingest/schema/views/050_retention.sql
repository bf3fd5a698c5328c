-- What is kept for how long is said by ingest's settings; these functions are all that may delete, and none goes below a floor of its own,
-- so that a stolen password cannot empty the tables: a week for readings, a day for the rest.

-- Says that readings before the week that `before` is in are dropped, unless a rollup still needs one; returns the floor as it is now.
CREATE OR REPLACE FUNCTION retention_advance(before timestamptz) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
    state rollup_state;
    target timestamptz;
BEGIN
    SELECT * INTO state FROM rollup_state FOR UPDATE;
    target := date_bin(
        INTERVAL '168 hours', least(before, now() - INTERVAL '168 hours', state.done), TIMESTAMPTZ '2000-01-03 00:00:00+07'
    );
    IF target <= state.floor THEN
        RETURN state.floor;
    END IF;
    PERFORM pg_advisory_xact_lock(0x574152440010);  -- no writer is in flight: every note there will be of what is before `target` is there
    IF EXISTS (SELECT FROM rollup_dirty WHERE bucket < target) THEN
        RETURN state.floor;
    END IF;
    UPDATE rollup_state SET floor = target;
    RETURN target;
END
$$;

-- Drops one week (on TimescaleDB every chunk) below the floor; returns how many it dropped. Waits for charts a moment only, then fails
-- (55P03) and is tried again: while it waits, nobody else gets at the table.
CREATE OR REPLACE FUNCTION retention_drop() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '200ms'
AS $$
DECLARE
    lowest CONSTANT timestamptz := (SELECT floor FROM rollup_state);
    week text;
    dropped integer;
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = 'public.reading'::regclass) <> 'p' THEN
        EXECUTE 'SELECT count(*) FROM public.drop_chunks(''public.reading'', older_than => $1)' INTO dropped USING lowest;
        RETURN dropped;
    END IF;
    SELECT relname INTO week FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = 'public.reading'::regclass
        AND reading_week_named(relname) + INTERVAL '168 hours' <= lowest
    ORDER BY relname LIMIT 1;
    IF week IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('DROP TABLE public.%I', week);
    RETURN 1;
END
$$;

-- Deletes at most `bound` rows of one kind from before `before`; returns how many. What was observed since stays, whenever it was received:
-- while an ingester's own clock was decades behind, everything was.
CREATE OR REPLACE FUNCTION retention_delete(kind text, before timestamptz, bound integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
    cut CONSTANT timestamptz := least(before, now() - INTERVAL '24 hours');
    deleted integer;
BEGIN
    CASE kind
        WHEN 'misdated' THEN
            DELETE FROM reading_misdated WHERE (series_id, time) IN (
                SELECT series_id, time FROM reading_misdated
                WHERE received < cut AND (time < cut OR time > now() + INTERVAL '24 hours') ORDER BY received LIMIT bound
            );
        WHEN 'hourly' THEN
            UPDATE rollup_state SET hours_floor = greatest(hours_floor, least(cut, floor)) WHERE hours_floor < least(cut, floor);
            DELETE FROM rollup_1h WHERE bucket < cut AND bucket < (SELECT floor FROM rollup_state) AND (series_id, bucket) IN (
                SELECT series_id, bucket FROM rollup_1h WHERE bucket < cut LIMIT bound
            );
        WHEN 'daily' THEN
            DELETE FROM rollup_1d WHERE bucket < cut AND bucket < (SELECT floor FROM rollup_state) AND (series_id, bucket) IN (
                SELECT series_id, bucket FROM rollup_1d WHERE bucket < cut LIMIT bound
            );
        WHEN 'event' THEN  -- in the order of the commits, which is nearly that of `received`
            DELETE FROM event WHERE received < cut AND (time < cut OR time > now() + INTERVAL '24 hours') AND seq IN (SELECT seq FROM event ORDER BY seq LIMIT bound);
        WHEN 'dead_letter' THEN
            DELETE FROM dead_letter WHERE id IN (SELECT id FROM dead_letter WHERE received < cut ORDER BY received LIMIT bound);
    END CASE;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END
$$;

-- Deletes at most `bound` of one boot's deliveries, in the order of their sequence, up to the last received before `before`; gaps are
-- counted from there on. A boot of which nothing is left and nothing came since is forgotten.
CREATE OR REPLACE FUNCTION retention_delivery(
    of_site text, of_gateway text, of_boot text, before timestamptz, bound integer
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
    cut CONSTANT timestamptz := least(before, now() - INTERVAL '24 hours');
    known delivery_boot;
    up_to bigint;
    counted bigint;
    deleted integer;
BEGIN
    SELECT * INTO known FROM delivery_boot WHERE (site, gateway, boot) = (of_site, of_gateway, of_boot) FOR UPDATE;
    SELECT max(seq) INTO up_to FROM (
        SELECT seq, received FROM delivery WHERE (site, gateway, boot) = (of_site, of_gateway, of_boot) ORDER BY seq LIMIT bound
    ) AS oldest
    WHERE received < cut;
    WITH gone AS (
        DELETE FROM delivery WHERE (site, gateway, boot) = (of_site, of_gateway, of_boot) AND seq <= up_to RETURNING seq
    )
    SELECT count(*), count(*) FILTER (WHERE seq > known.purged) INTO deleted, counted FROM gone;
    UPDATE delivery_boot
    SET purged = greatest(purged, up_to), first_seq = greatest(first_seq, up_to + 1), count = count - counted
    WHERE (site, gateway, boot) = (of_site, of_gateway, of_boot) AND deleted > 0;
    DELETE FROM delivery_boot
    WHERE (site, gateway, boot) = (of_site, of_gateway, of_boot) AND last_received < cut AND purged >= last_seq;
    RETURN deleted;
END
$$;

REVOKE ALL ON FUNCTION retention_advance, retention_drop, retention_delete, retention_delivery FROM PUBLIC;
