UPDATE kindred.generations
SET state = 'dropping', outcome = 'made from another stream', finished_at = now()
WHERE context = $1 AND state IN ('building', 'live', 'kept')
