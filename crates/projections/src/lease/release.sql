UPDATE kindred.leases
SET worker = NULL
WHERE consumer = $1 AND generation = $2 AND worker = $3 AND partition = ANY ($4)
