SELECT key_id, wrapped FROM data_keys WHERE tenant = $1 AND member = $2
