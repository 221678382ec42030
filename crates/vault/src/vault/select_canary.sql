SELECT root_name, wrapped FROM vault_canary
