INSERT INTO vault_canary (root_name, wrapped)
SELECT $1, $2
WHERE NOT EXISTS (SELECT FROM tenant_keys)
ON CONFLICT DO NOTHING
