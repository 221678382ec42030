-- Taken if it is free, was run out, or is one's own; the server's clock alone decides.
INSERT INTO kindred.workers (worker, hosts, lease_until)
VALUES ($1, ARRAY[$2::text], clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (worker) DO UPDATE
SET hosts = excluded.hosts,
    lease_until = excluded.lease_until
WHERE workers.hosts = excluded.hosts
    OR workers.lease_until < clock_timestamp()
RETURNING true AS "held!"
