DELETE FROM directory_fields WHERE tenant = $1 AND member_id = $2
