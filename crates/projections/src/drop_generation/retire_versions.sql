UPDATE kindred.generations AS old
SET state = 'dropping'
WHERE old.projection = $1
    AND old.version < $2
    AND old.state IN ('building', 'live', 'kept')
    AND EXISTS (
        SELECT FROM kindred.generations AS new
        WHERE new.projection = $1
            AND new.version = $2
            AND new.state = 'live'
            AND new.finished_at < now() - make_interval(secs => $3)
    )
    AND NOT EXISTS (
        SELECT FROM kindred.workers
        WHERE old.projection || '@' || old.version = ANY (workers.hosts)
            AND workers.lease_until > clock_timestamp()
    )
