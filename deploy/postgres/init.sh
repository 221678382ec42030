#!/bin/sh
# Makes the databases and who may enter them; the tables are made by `kindred migrate`.
#
# Runs once, on an empty server, as its superuser (the official image runs what lies in
# /docker-entrypoint-initdb.d); on a server that is there already, run it by hand with
# PGHOST and PGUSER set. Repeating it changes passwords to what the files say and no more.
# Passwords come from files in SECRETS, one per role; they never appear among arguments.
set -eu
secrets=${SECRETS:-/run/secrets/kindred}
superuser=${PGUSER:-${POSTGRES_USER:-postgres}}

sql() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$superuser" --dbname "$1"; }

# The three roles that read models are built with belong to the server, not to a database;
# nobody logs in as one of them. `kindred migrate` expects or makes them.
sql postgres <<'SQL'
DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['kindred_migrator', 'kindred_projector', 'kindred_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS NOSUPERUSER', wanted);
        END IF;
    END LOOP;
END $$;
SQL

login() { # login NAME PASSWORD_FILE
    { printf '%s\n' "\\set name '$1'" "\\set password \`cat '$2'\`"; cat <<'SQL'; } | sql postgres
SELECT format('CREATE ROLE %I LOGIN NOBYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE', :'name')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', :'name', :'password') \gexec
SQL
}

database() { # database NAME
    { printf '%s\n' "\\set name '$1'"; cat <<'SQL'; } | sql postgres
SELECT format('CREATE DATABASE %I OWNER kindred_admin', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'name') \gexec
SQL
}

# Owns the databases and makes tables, as the migration job only.
login kindred_admin "$secrets/admin-password"
echo 'GRANT kindred_migrator, kindred_projector, kindred_reader TO kindred_admin' | sql postgres

# Each service logs in to its own database (pg_hba.conf keeps it out of the others) and
# acts there as projector or reader, never as itself.
for service in membership posting matching notification; do
    login "kindred_$service" "$secrets/$service-password"
    database "kindred_$service"
    echo "GRANT kindred_projector, kindred_reader TO kindred_$service" | sql postgres
done

# The key vault: tables by the migration job, rows by membership.
login kindred_vault "$secrets/vault-password"
database kindred_vault
sql kindred_vault <<'SQL'
GRANT CONNECT ON DATABASE kindred_vault TO kindred_vault;
ALTER DATABASE kindred_vault SET synchronous_commit = on;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO kindred_admin;
GRANT USAGE ON SCHEMA public TO kindred_vault;
ALTER DEFAULT PRIVILEGES FOR ROLE kindred_admin IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE ON TABLES TO kindred_vault;
SQL
