UPDATE directory_members SET handle = NULL WHERE tenant = $1 AND member_id = $2
