SELECT number, tenant, member
FROM kindred.erased_people
WHERE redacted_at IS NOT NULL
    AND confirmed_at IS NULL
    AND recorded_at <= now() - make_interval(secs => $1)
ORDER BY number
LIMIT 100
