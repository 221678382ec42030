WITH free AS (
    SELECT leases.partition
    FROM kindred.leases
    LEFT JOIN kindred.workers ON workers.worker = leases.worker
    WHERE leases.consumer = $1
        AND leases.generation = $2
        AND leases.partition <> ALL ($5)
        AND (
            workers.worker IS NULL
            OR workers.worker = $3
            OR workers.lease_until < clock_timestamp()
        )
    ORDER BY leases.partition
    LIMIT $4
    FOR UPDATE OF leases SKIP LOCKED
),
taken AS (
    UPDATE kindred.leases
    SET worker = $3, epoch = leases.epoch + 1
    FROM free
    WHERE leases.consumer = $1 AND leases.generation = $2 AND leases.partition = free.partition
    RETURNING leases.partition, leases.epoch
)
UPDATE kindred.checkpoints
SET epoch = taken.epoch
FROM taken
WHERE checkpoints.consumer = $1 AND checkpoints.generation = $2 AND checkpoints.partition = taken.partition
RETURNING checkpoints.partition, checkpoints.sequence, checkpoints.hash, checkpoints.epoch
