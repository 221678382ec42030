UPDATE introductions
SET note = CASE WHEN from_id = $2 THEN NULL ELSE note END,
    from_erased = from_erased OR from_id = $2,
    to_erased = to_erased OR to_id = $2
WHERE tenant = $1 AND (from_id = $2 OR to_id = $2)
