SELECT EXISTS (
    SELECT FROM kindred.leases
    JOIN kindred.workers ON workers.worker = leases.worker
    WHERE leases.consumer = $1 AND leases.generation = $2 AND workers.lease_until > clock_timestamp()
) AS "used!"
