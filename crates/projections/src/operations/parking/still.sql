SELECT sequence
FROM kindred.parked
WHERE consumer = $1 AND generation = $2 AND subject = $3 AND sequence = $4
