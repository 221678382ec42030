UPDATE kindred.generations
SET phase = $3, started_at = coalesce(started_at, now()), error = ''
WHERE projection = $1 AND generation = $2 AND state = 'building'
