WITH written AS (
    INSERT INTO kindred.index_snapshot_chunks (tenant, number, chunk, content) VALUES ($1, $2, $3, $4)
)
UPDATE kindred.index_snapshots SET checksums[$3 + 1] = $5 WHERE tenant = $1 AND number = $2
