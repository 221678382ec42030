INSERT INTO kindred.workers (worker, hosts, lease_until)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (worker) DO UPDATE SET hosts = EXCLUDED.hosts, lease_until = EXCLUDED.lease_until
