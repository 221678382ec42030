UPDATE kindred.generations
SET position = $3, events = events + $4, rate = $5, progress_at = now(), error = ''
WHERE projection = $1 AND generation = $2 AND state = 'building'
