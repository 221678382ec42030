UPDATE kindred.generations
SET state = 'dropping'
WHERE projection = $1
    AND generation = $2
    AND NOT EXISTS (
        SELECT FROM kindred.workers
        WHERE generations.projection || '@' || generations.version = ANY (workers.hosts)
            AND workers.lease_until > clock_timestamp()
    )
