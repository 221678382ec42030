UPDATE kindred.generations
SET state = 'live', phase = 'done', outcome = $3, error = '', retired_at = NULL,
    finished_at = coalesce(finished_at, now())
WHERE projection = $1 AND generation = $2 AND state IN ('building', 'kept')
