-- One database and one role per service.  A role owns its own database and enters no other.
--
-- Run it with psql as an administrator, as often as you like; nothing that exists is lost:
--     psql "$POSTGRES_ADMIN_URL" -f deploy/postgres/init.sql
-- The roles' passwords come from the environment and are set anew each time.

\set ON_ERROR_STOP on
\getenv catalog_password CATALOG_PASSWORD
\getenv bundle_password BUNDLE_PASSWORD
\getenv approval_password APPROVAL_PASSWORD
\getenv metrics_password METRICS_PASSWORD

CREATE TEMPORARY TABLE service (name text, password text);
INSERT INTO service VALUES
    ('catalog', :'catalog_password'),
    ('bundle', :'bundle_password'),
    ('approval', :'approval_password'),
    ('metrics', :'metrics_password');

SELECT format('CREATE ROLE %I', name) FROM service
WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec

SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', name, password) FROM service \gexec

-- CREATE DATABASE cannot look before it leaps; hence the question in front of it.
SELECT format('CREATE DATABASE %I OWNER %I', name, name) FROM service
WHERE name NOT IN (SELECT datname FROM pg_database) \gexec

-- By default everybody may connect to every database.
SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', name) FROM service \gexec
