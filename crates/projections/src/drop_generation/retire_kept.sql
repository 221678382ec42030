UPDATE kindred.generations
SET state = 'dropping'
WHERE state = 'kept' AND retired_at < now() - make_interval(secs => $1)
