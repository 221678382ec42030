SELECT count(*) AS "processes!"
FROM kindred.workers
WHERE $1 = ANY (hosts) AND (lease_until > clock_timestamp() OR worker = $2)
