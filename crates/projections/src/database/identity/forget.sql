WITH parked AS (DELETE FROM kindred.parked WHERE starts_with(subject, 'es.' || $1 || '.'))
DELETE FROM kindred.checkpoints WHERE context = $1
