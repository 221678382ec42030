INSERT INTO tenant_keys (tenant, key_id, wrapped, reservation_wrapped)
VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant) DO NOTHING
