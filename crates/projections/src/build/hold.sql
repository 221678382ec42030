SELECT partition, sequence, hash, epoch
FROM kindred.checkpoints
WHERE consumer = $1 AND generation = $2
ORDER BY partition
FOR UPDATE
