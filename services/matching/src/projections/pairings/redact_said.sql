UPDATE check_ins
SET note = NULL
WHERE tenant = $1 AND written_by = $2
