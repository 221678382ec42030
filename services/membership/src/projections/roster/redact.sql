UPDATE roster_members SET note = NULL WHERE tenant = $1 AND member_id = $2 AND note IS NOT NULL
