SELECT
    tables.relname::text AS "name!",
    EXISTS (
        SELECT FROM pg_attribute AS columns
        WHERE columns.attrelid = tables.oid AND columns.attname = 'tenant' AND NOT columns.attisdropped
    ) AS "tenant!"
FROM pg_class AS tables
JOIN pg_namespace AS schemas ON schemas.oid = tables.relnamespace
WHERE schemas.nspname = $1 AND tables.relkind IN ('r', 'p')
ORDER BY tables.relname
