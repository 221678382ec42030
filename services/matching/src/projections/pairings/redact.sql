UPDATE pairings
SET note = CASE WHEN mentee_id = $2 THEN NULL ELSE note END,
    mentee_erased = mentee_erased OR mentee_id = $2,
    mentor_erased = mentor_erased OR mentor_id = $2
WHERE tenant = $1 AND (mentee_id = $2 OR mentor_id = $2)
