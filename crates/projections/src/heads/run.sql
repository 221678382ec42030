INSERT INTO partition_heads (partition, sequence, running)
SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
ON CONFLICT (partition) DO UPDATE SET sequence = EXCLUDED.sequence, running = EXCLUDED.running
