WITH written AS (
    UPDATE kindred.index_snapshot_chunks SET content = $4 WHERE tenant = $1 AND number = $2 AND chunk = $3
)
UPDATE kindred.index_snapshots SET checksums[$3 + 1] = $5 WHERE tenant = $1 AND number = $2
