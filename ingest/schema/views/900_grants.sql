-- The least each program needs, for the roles that exist; PUBLIC has nothing.

REVOKE ALL ON SCHEMA public FROM PUBLIC;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());

    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'wardroom_ingest') THEN
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO wardroom_ingest', current_database());
        GRANT USAGE ON SCHEMA public TO wardroom_ingest;
        GRANT SELECT, INSERT, UPDATE ON site, gateway, sensor, series, latest, delivery_boot TO wardroom_ingest;
        GRANT SELECT, INSERT ON reading, reading_misdated, delivery, event, dead_letter TO wardroom_ingest;
        GRANT UPDATE (outcome) ON delivery TO wardroom_ingest;
        GRANT INSERT ON rollup_dirty TO wardroom_ingest;
        GRANT SELECT ON schema_file, delivery_gap, reading_all, rollup_state, rollup_dirty TO wardroom_ingest;
        GRANT EXECUTE ON FUNCTION
            make_reading_partition, reading_begins, rollup_guard, rollup_advance, rollup_step, rollup_mend, rollup_compare,
            retention_advance, retention_drop, retention_delete, retention_delivery
        TO wardroom_ingest;
    END IF;

    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'wardroom_center') THEN
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO wardroom_center', current_database());
        GRANT USAGE ON SCHEMA public TO wardroom_center;
        GRANT SELECT ON
            site, gateway, sensor, series, latest, reading, reading_misdated, reading_all, reading_1m, reading_1h, reading_1d,
            rollup_1h, rollup_1d, rollup_state, event, delivery_gap, schema_file
        TO wardroom_center;
        GRANT EXECUTE ON FUNCTION reading_rollup, reading_hours, reading_days TO wardroom_center;
        IF to_regclass('account') IS NOT NULL THEN
            GRANT SELECT, INSERT, UPDATE, DELETE ON account, session TO wardroom_center;
            GRANT SELECT, INSERT, UPDATE ON wall_token TO wardroom_center;
        END IF;
        IF to_regclass('occasion') IS NOT NULL THEN
            GRANT SELECT, INSERT, UPDATE, DELETE ON
                person, consent, photo, embedding, gateway_token,
                occasion, checkin_list, gate, delegate, list_entry, stranger, evidence, passage
            TO wardroom_center;
            GRANT SELECT, INSERT ON audit TO wardroom_center;
            GRANT SELECT, UPDATE ON checkin_cursor TO wardroom_center;
        END IF;
        IF to_regclass('erased_shot') IS NOT NULL THEN
            GRANT SELECT, INSERT, UPDATE, DELETE ON erased_person, erased_shot TO wardroom_center;
        END IF;
    END IF;
END
$$;
