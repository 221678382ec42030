UPDATE mentors
SET about = NULL,
    erased = true
WHERE tenant = $1 AND member_id = $2
