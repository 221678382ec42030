UPDATE kindred.generations
SET state = CASE state WHEN 'live' THEN 'kept' ELSE 'dropping' END, retired_at = now()
WHERE projection = $1 AND generation <> $2 AND version = $3 AND state IN ('live', 'kept')
