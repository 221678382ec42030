INSERT INTO kindred.checkpoints (consumer, generation, context, partition)
SELECT $1, $2, $3, number FROM generate_series(0, 63) AS number
ON CONFLICT DO NOTHING
