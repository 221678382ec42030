UPDATE kindred.checkpoints
SET sequence = moved.new, hash = moved.hash
FROM unnest($4::smallint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bytea[])
    AS moved (partition, old, epoch, new, hash)
WHERE checkpoints.consumer = $1
    AND checkpoints.generation = $2
    AND checkpoints.context = $3
    AND checkpoints.partition = moved.partition
    AND checkpoints.sequence = moved.old
    AND checkpoints.epoch = moved.epoch
RETURNING checkpoints.partition
