WITH chunks AS (
    DELETE FROM kindred.index_snapshot_chunks WHERE tenant = $1 AND number = $2
)
DELETE FROM kindred.index_snapshots WHERE tenant = $1 AND number = $2
