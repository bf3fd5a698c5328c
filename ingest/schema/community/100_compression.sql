-- Only where TimescaleDB's community edition is: package managers carry the Apache edition, which has no compression.
-- A week is compressed once readings are no longer late as a rule (the usual `retention.late_days` and a week); one that comes later, or with a
-- higher `late_days`, still goes in, only not as fast. Rollups and retention stay our own here too: docs/decisions says why.

DO $$
BEGIN
    IF NOT (SELECT compression_enabled FROM timescaledb_information.hypertables WHERE hypertable_name = 'reading') THEN
        ALTER TABLE reading SET (
            timescaledb.compress, timescaledb.compress_segmentby = 'series_id', timescaledb.compress_orderby = 'time'
        );
    END IF;
    PERFORM add_compression_policy('reading', compress_after => INTERVAL '37 days', if_not_exists => true);
END
$$;
