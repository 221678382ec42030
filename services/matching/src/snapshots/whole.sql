-- From here on it is the one that is read; those before it are nobody's any more.
WITH older AS (
    DELETE FROM kindred.index_snapshots WHERE tenant = $1 AND number < $2
),
older_chunks AS (
    DELETE FROM kindred.index_snapshot_chunks WHERE tenant = $1 AND number < $2
)
UPDATE kindred.index_snapshots SET whole = true WHERE tenant = $1 AND number = $2
