-- From here on it is the one that its holder reads; those before it are nobody's any more, nor
-- are those of other numbers of replicas.
WITH older AS (
    DELETE FROM kindred.index_snapshots
    WHERE tenant = $1 AND number < $2 AND (holder = $3 OR NOT holder LIKE $4)
    RETURNING number
),
older_chunks AS (
    DELETE FROM kindred.index_snapshot_chunks
    USING older
    WHERE tenant = $1 AND index_snapshot_chunks.number = older.number
)
UPDATE kindred.index_snapshots SET whole = true WHERE tenant = $1 AND number = $2
