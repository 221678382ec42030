INSERT INTO kindred.leases (consumer, generation, partition)
SELECT $1, $2, number FROM generate_series(0, 63) AS number
ON CONFLICT DO NOTHING
