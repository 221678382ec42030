SELECT key_id, wrapped, reservation_wrapped FROM tenant_keys WHERE tenant = $1
