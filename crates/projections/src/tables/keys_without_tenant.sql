SELECT indexes.indexrelid::regclass::text AS "name!"
FROM pg_index AS indexes
JOIN pg_class AS tables ON tables.oid = indexes.indrelid
JOIN pg_namespace AS schemas ON schemas.oid = tables.relnamespace
JOIN pg_attribute AS tenants ON tenants.attrelid = tables.oid AND tenants.attname = 'tenant'
WHERE schemas.nspname = $1 AND indexes.indkey[0] <> tenants.attnum
ORDER BY 1
LIMIT 1
