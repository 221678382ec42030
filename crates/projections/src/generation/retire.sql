UPDATE kindred.generations
SET state = 'dropping', outcome = $3, finished_at = now()
WHERE projection = $1 AND generation = $2 AND state IN ('building', 'kept')
