WITH checkpoints AS (DELETE FROM kindred.checkpoints WHERE consumer = $1 AND generation = $2),
leases AS (DELETE FROM kindred.leases WHERE consumer = $1 AND generation = $2),
parked AS (DELETE FROM kindred.parked WHERE consumer = $1 AND generation = $2),
redactions AS (DELETE FROM kindred.redactions WHERE projection = $1 AND generation = $2)
UPDATE kindred.generations SET state = 'gone', phase = 'done' WHERE projection = $1 AND generation = $2
