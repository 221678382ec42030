-- One at a time in this database; freed with the session.
SELECT pg_advisory_lock(7220101);
DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['kindred_migrator', 'kindred_projector', 'kindred_reader'] LOOP
        -- Roles are the cluster's: another database may make one at the same moment.
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS NOSUPERUSER', wanted);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO kindred_projector, kindred_reader', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO kindred_projector', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS kindred AUTHORIZATION kindred_migrator;
CREATE SCHEMA IF NOT EXISTS views AUTHORIZATION kindred_projector;
GRANT USAGE ON SCHEMA kindred TO kindred_projector, kindred_reader;
GRANT USAGE ON SCHEMA views TO kindred_reader;
SET ROLE kindred_migrator;
SET search_path = kindred;
